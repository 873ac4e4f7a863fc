"""The description of a running cloud for tests and scripts: ``cloud.json`` in its folder."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

CLOUD_VARIABLE = "VSCCLIENT_DEVCLOUD"
FILE = "cloud.json"


@dataclass(frozen=True, kw_only=True)
class User:
    """A way to sign in: a user in one project.

    Attributes:
        entry: Its name in ``clouds.yaml``, and of its openrc file.
        name: The user's name.
        role: The user's role in the project.
        environment: The ``OS_*`` variables of the openrc file.
    """

    entry: str
    name: str
    password: str
    user_id: str
    user_domain_name: str
    project_name: str
    project_id: str
    project_domain_name: str
    role: str
    openrc: Path
    environment: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Cloud:
    """A running cloud.

    Attributes:
        folder: The instance's folder; gone when the cloud ends.
        auth_url: Keystone's address, with ``/v3``.
        image_url: Glance's address, without a version.
        regions: Region → Glance's endpoint in it.
        projects: Name → ID.
        users: Entry → how it signs in.
        clouds_yaml: The file with all entries.
        logs: What the services write: ``keystone``, ``glance``, and ``keystone-access``, ``glance-access`` with a line
            for each request.
        image_store: The folder that holds each image's data, in a file named by its ID.
    """

    folder: Path
    auth_url: str
    image_url: str
    regions: dict[str, str]
    projects: dict[str, str]
    users: dict[str, User]
    clouds_yaml: Path
    logs: dict[str, Path]
    image_store: Path

    def write(self) -> None:
        """Store the description for ``read``, complete or not at all."""
        file = self.folder / FILE
        new = file.with_suffix(".new")
        new.touch(mode=0o600)
        new.write_text(json.dumps(asdict(self), indent=2, default=str), encoding="utf-8")
        new.replace(file)


def read(folder: str | Path) -> Cloud:
    """Return the cloud with this folder, the value of ``VSCCLIENT_DEVCLOUD``."""
    content = json.loads((Path(folder) / FILE).read_text(encoding="utf-8"))
    return Cloud(
        folder=Path(content["folder"]),
        auth_url=content["auth_url"],
        image_url=content["image_url"],
        regions=content["regions"],
        projects=content["projects"],
        users={entry: _user(user) for entry, user in content["users"].items()},
        clouds_yaml=Path(content["clouds_yaml"]),
        logs={name: Path(log) for name, log in content["logs"].items()},
        image_store=Path(content["image_store"]),
    )


def without_proxy(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the environment, changed so that no proxy is used for loopback addresses."""
    direct = "127.0.0.1,localhost"
    changed = dict(environment)
    for name in ("no_proxy", "NO_PROXY"):
        others = environment.get(name)
        changed[name] = f"{direct},{others}" if others else direct
    return changed


def _user(content: dict[str, object]) -> User:
    environment = content.pop("environment")
    openrc = content.pop("openrc")
    assert isinstance(environment, dict) and isinstance(openrc, str)
    texts = {name: str(value) for name, value in content.items()}
    return User(**texts, environment=environment, openrc=Path(openrc))
