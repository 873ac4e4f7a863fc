"""``python -m guests.looked_at NAME DISK``: the disk of a static guest, made as root or under fakeroot."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from guests import disk
from guests.setup import Setup
from guests.setups.every import named
from guests.static import prepare, static


def static_disk(setup: Setup, made: Path) -> None:
    """Make the disk of a static guest, in a second or two once its packages are there.

    Raises:
        NoArchive: Packages cannot be had on this machine.
    """
    prepare(setup)
    disk.as_root("guests.looked_at", setup.name, made)


def main() -> None:
    """Do what the arguments say."""
    name, made = sys.argv[1:]
    setup = named([name])[0]
    with TemporaryDirectory(prefix="guests-") as temporary:
        tree = Path(temporary) / "tree"
        static(setup, tree)
        disk.made(tree, Path(made), setup.layout, setup.disk_format)


if __name__ == "__main__":
    main()
