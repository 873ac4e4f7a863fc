"""The filled databases and keys, created once and copied for each cloud."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import dataclass
from pathlib import Path

from devcloud import configuration, environment, processes
from devcloud.home import home, make_once
from devcloud.terminal import say

PACKAGE = Path(__file__).parent
# The sources that the seed depends on: a change of one of them makes a new seed.
METADEFS = PACKAGE.parent / "vscclient" / "metadefs"
SOURCES = (
    "population.py",
    "configuration.py",
    "seed.py",
    "inside/fill_identity.py",
    "inside/fill_image.py",
    METADEFS / "vsc-image.json",
)
COPIED = ("keystone.db", "glance.db", "fernet-keys", "credential-keys")
RESULT = "seed.json"


@dataclass(frozen=True, kw_only=True)
class Seed:
    """The content of a filled Keystone."""

    folder: Path
    projects: dict[str, str]
    users: dict[str, str]
    passwords: dict[str, str]
    application_credentials: dict[str, dict[str, str]]
    limits_endpoint_id: str

    def copy_to(self, folder: Path) -> None:
        """Copy the databases and keys to the folder of a new cloud."""
        for name in COPIED:
            source = self.folder / name
            if source.is_dir():
                shutil.copytree(source, folder / name)
            else:
                shutil.copy(source, folder / name)


def seed(services: Path) -> Seed:
    """Return the seed for the services of this virtual environment; it is created at the first use."""
    folder = make_once(home() / f"seed-{_fingerprint()}", lambda folder: _make(folder, services))
    return Seed(folder=folder, **json.loads((folder / RESULT).read_text(encoding="utf-8")))


def _fingerprint() -> str:
    contents = [(PACKAGE / source).read_bytes() for source in SOURCES]
    return hashlib.sha256(b"\0".join([environment.fingerprint().encode(), *contents])).hexdigest()[:12]


def _make(folder: Path, services: Path) -> None:
    say("Filling the databases of Keystone and Glance; once only, about 15 seconds.")
    place = configuration.Place(folder=folder, environment=services)
    access = configuration.GlanceAccess()
    configuration.write(place, access)
    python = environment.python(services)
    variables = processes.clean_environment(configuration.variables(place, access))
    image_log, identity_log = folder / "glance.log", folder / "keystone.log"
    folders = (services / "etc" / "glance" / "metadefs", METADEFS)
    fill_image = processes.watched(python, "devcloud.inside.fill_image", *folders)
    fill_identity = processes.watched(python, "devcloud.inside.fill_identity", folder / RESULT)
    # The two are independent; side by side they take no longer than Keystone alone.
    with processes.running_process(fill_image, image_log, variables) as filling_image:
        processes.run(fill_identity, identity_log, variables, "Filling Keystone's database")
        processes.finish(filling_image, image_log, "Filling Glance's database")
