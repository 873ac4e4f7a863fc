"""``python -m guests.bootable NAME ROOT_TAR FOLDER DISK``: a disk that boots, made as root or under fakeroot."""

from __future__ import annotations

import sys
from pathlib import Path

from guests import disk, probe
from guests.layer import write
from guests.programs import run
from guests.setup import Setup
from guests.setups.every import named

_SIZE_BYTES = 3 * 1024**3


def unpack(setup: Setup, root_tar: Path, folder: Path) -> None:
    """The whole guest in a folder, as systemd's own tools enable its units."""
    run(["tar", "-C", folder, "--numeric-owner", "--exclude=./dev/*", "-xf", root_tar])
    write(setup, folder)
    for word, units in (("enable", setup.enabled), ("disable", setup.disabled), ("mask", setup.masked)):
        if units:
            run(["systemctl", f"--root={folder}", word, *units])


def main() -> None:
    """Do what the arguments say."""
    name, root_tar, folder, made = sys.argv[1:]
    unpack(named([name])[0], Path(root_tar), Path(folder))
    probe.plant(Path(folder))
    disk.ext4(Path(folder), Path(made), _SIZE_BYTES)


if __name__ == "__main__":
    main()
