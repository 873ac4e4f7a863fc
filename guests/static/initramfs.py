"""The initramfs of a static guest: the files for names of NICs, as initramfs-tools copies them, and empty drivers.

Source: initramfs-tools of Debian 12, ``hooks/udev``: .link files of both folders and rules of the administrator end up
in the folders of packages; a link to ``/dev/null`` becomes an empty file.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

from guests.disks.cpio import Member, link, make_archive, with_folders
from guests.disks.files import host_path

PATH = "/boot/initrd.img"

_RELEASE = "6.1.0-1-amd64"
_DRIVERS = ("block/virtio_blk", "net/virtio_net", "scsi/virtio_scsi", "virtio/virtio_pci")
_RULES = ("50-udev-default", "73-special-net-names", "75-net-description", "80-drivers", "80-net-setup-link")
_LINK_FOLDERS = ("/usr/lib/systemd/network", "/etc/systemd/network")
_RULE_FOLDERS = ("/usr/lib/udev/rules.d", "/etc/udev/rules.d")


def write_initramfs(folder: Path, path: str = PATH, release: str = _RELEASE) -> None:
    """Write the initramfs that the guest in a folder would make of its files now.

    Args:
        folder: The folder that holds the guest.
        path: The path of the initramfs in the guest.
        release: The release of the kernel.
    """
    modules = (f"usr/lib/modules/{release}/kernel/drivers/{driver}.ko" for driver in _DRIVERS)
    programs = ("usr/lib/systemd/systemd-udevd", "usr/bin/udevadm", "init")
    members = [*map(Member, (*programs, *modules)), *_copy_links(folder), *_copy_rules(folder)]
    links = [link(name, f"usr/{name}") for name in ("bin", "lib", "sbin")]
    file = host_path(folder, path)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(gzip.compress(make_archive([*with_folders(members), *links]), mtime=0))


def _copy_links(folder: Path) -> Iterator[Member]:
    for start in _LINK_FOLDERS:
        for file in sorted(host_path(folder, start).glob("*.link")):
            yield Member(f"usr/lib/systemd/network/{file.name}", _read(file))


def _copy_rules(folder: Path) -> Iterator[Member]:
    packaged, own = (host_path(folder, start) for start in _RULE_FOLDERS)
    for name in (f"{rule}.rules" for rule in _RULES):
        file = own / name if (own / name).exists() else packaged / name
        if file.exists():
            yield Member(f"usr/lib/udev/rules.d/{name}", _read(file))
    for file in sorted(own.glob("*.rules")):
        if not (packaged / file.name).exists():
            yield Member(f"usr/lib/udev/rules.d/{file.name}", _read(file))


def _read(file: Path) -> bytes:
    """Return the content of a file; a link may lead to another file of the guest, which no set-up has."""
    return b"" if file.is_symlink() else file.read_bytes()
