"""The filled databases and keys, made once and copied for each cloud."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import dataclass
from pathlib import Path

from devcloud import configuration, environment, processes
from devcloud.home import home, made_once
from devcloud.terminal import say

PACKAGE = Path(__file__).parent
# What decides what is in the seed; anything that changes one of them makes a new one.
SOURCES = ("cast.py", "configuration.py", "seed.py", "inside/fill_identity.py", "inside/fill_image.py")
COPIED = ("keystone.db", "glance.db", "fernet-keys", "credential-keys")
RESULT = "seed.json"


@dataclass(frozen=True, kw_only=True)
class Seed:
    """What is known of a filled Keystone."""

    folder: Path
    projects: dict[str, str]
    users: dict[str, str]
    passwords: dict[str, str]
    application_credentials: dict[str, dict[str, str]]
    limits_endpoint_id: str

    def copy_to(self, folder: Path) -> None:
        """Give a new cloud its own databases and keys."""
        for name in COPIED:
            source = self.folder / name
            if source.is_dir():
                shutil.copytree(source, folder / name)
            else:
                shutil.copy(source, folder / name)


def seed(services: Path) -> Seed:
    """The seed for the services of this virtual environment, made on first use."""
    folder = made_once(home() / f"seed-{_fingerprint()}", lambda folder: _make(folder, services))
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
    surroundings = processes.clean_environment(configuration.variables(place, access))
    image_log, identity_log = folder / "glance.log", folder / "keystone.log"
    fill_image = processes.leashed(python, "devcloud.inside.fill_image", services / "etc" / "glance" / "metadefs")
    fill_identity = processes.leashed(python, "devcloud.inside.fill_identity", folder / RESULT)
    # The two do not know of each other; side by side they take no longer than Keystone alone.
    with processes.started(fill_image, image_log, surroundings) as filling_image:
        processes.run(fill_identity, identity_log, surroundings, "Filling Keystone's database")
        processes.finish(filling_image, image_log, "Filling Glance's database")
