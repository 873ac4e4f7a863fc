"""``python -m guests.static.static_disk NAME DISK``: the disk of a static guest, made as root or under fakeroot."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from guests.disks import disk
from guests.setup import Setup
from guests.setups.all_setups import find_setups
from guests.static.guest import make_static_guest, prepare


def make_static_disk(setup: Setup, path: Path) -> None:
    """Make the disk of a static guest, in a second or two once its packages are cached.

    Raises:
        PackagesUnavailable: The packages cannot be downloaded on this machine.
    """
    prepare(setup)
    disk.run_as_root(__name__, setup.name, path)


def main() -> None:
    """Make the disk that the command line describes."""
    name, path = sys.argv[1:]
    setup = find_setups([name])[0]
    with TemporaryDirectory(prefix="guests-") as temporary:
        tree = Path(temporary) / "tree"
        make_static_guest(setup, tree)
        disk.make_disk(tree, Path(path), setup.layout, setup.disk_format)


if __name__ == "__main__":
    main()
