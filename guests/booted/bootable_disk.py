"""``python -m guests.booted.bootable_disk NAME ROOT_TAR FOLDER DISK``: a bootable disk, made as root or fakeroot."""

from __future__ import annotations

import sys
from pathlib import Path

from guests.booted import probe
from guests.disks import disk
from guests.disks.files import write_setup
from guests.programs import run
from guests.setup import Setup
from guests.setups.all_setups import find_setups

_SIZE_BYTES = 3 * 1024**3


def unpack_guest(setup: Setup, root_tar: Path, folder: Path) -> None:
    """Unpack an installed guest into a folder, and enable its units with systemd's own tools."""
    run(["tar", "-C", folder, "--numeric-owner", "--exclude=./dev/*", "-xf", root_tar])
    write_setup(setup, folder)
    for word, units in (("enable", setup.enabled), ("disable", setup.disabled), ("mask", setup.masked)):
        if units:
            run(["systemctl", f"--root={folder}", word, *units])


def main() -> None:
    """Make the disk that the command line describes."""
    name, root_tar, folder, path = sys.argv[1:]
    unpack_guest(find_setups([name])[0], Path(root_tar), Path(folder))
    probe.install_probe(Path(folder))
    disk.make_ext4(Path(folder), Path(path), _SIZE_BYTES)


if __name__ == "__main__":
    main()
