"""The files that a boot loader loads: the kernel and the initramfs of an entry."""

from __future__ import annotations

import re
from collections.abc import Iterator
from posixpath import join, normpath

from guestinspect.disk.device_names import DiskVolumes
from guestinspect.disk.mounted_tree import MountedTree
from guestinspect.disk.tree import Tree, Unreadable, is_file
from guestinspect.guest.boot.boot_menu import Parameters
from guestinspect.model.fact import Unknown

_DEVICE = re.compile(r"\([^)]*\)")
_MOUNT_POINTS = ("", "/boot", "/efi", "/boot/efi")
_PARAMETER = "initrd="
_ON_DISK = re.compile(r"(?:\(hd0(?:,[^)]*)?\))?[^-$():=][^$():=]*")
"""A file of the first disk, without variables: not one on another disk, in the network, or in an image of a CD."""


def list_initrds(entry: Parameters) -> tuple[str, ...]:
    """Return the paths of the initramfs archives as the boot loader reads them, with those of ``initrd=``."""
    words = (word.removeprefix(_PARAMETER) for word in entry.value if word.startswith(_PARAMETER))
    names = (*(entry.initrds or ()), *(name for word in words for name in word.split(",")))
    return tuple(name for name in names if name and not name.startswith("$"))  # a variable without a value


def find_path(tree: Tree, name: str, folder: str) -> str | None:
    """Return the path of a file that a boot loader names; None: it is not there.

    Args:
        tree: The guest's files.
        name: The name as the boot loader reads it: ``/vmlinuz``, ``(hd0,1)/vmlinuz``.
        folder: The folder of the boot loader's configuration.
    """
    return next((path for path in _list_candidates(name, folder) if is_file(tree, path)), None)


def is_absent(tree: Tree, volumes: DiskVolumes, name: str, folder: str) -> bool:
    """Return True if the disk has no file of the name that a boot loader reads; it may lie on any file system.

    A file on another device, or a name with a variable, counts as there. GRUB shows an error for a
    file that is not there: without a kernel it starts nothing, without an initramfs the kernel starts alone.
    Source: GRUB 2.12, ``grub-core/loader/i386/linux.c``.

    Raises:
        Unknown: A file system, or a subvolume, that is not read may have it.
    """
    if not _ON_DISK.fullmatch(name) or find_path(tree, name, folder) is not None:
        return False
    readable = [each.filesystem for each in volumes.contents if not isinstance(each.filesystem, Unreadable)]
    if any(find_path(MountedTree(filesystem), name, folder) for filesystem in readable):
        return False
    volumes.require_readable()
    if any(filesystem.kind == "btrfs" for filesystem in readable):
        raise Unknown("a subvolume of a btrfs may have it")
    return True


def _list_candidates(name: str, folder: str) -> Iterator[str]:
    """Yield paths for a name: on the root file system, on the one of ``/boot``, or with the subvolume of a btrfs."""
    path = _DEVICE.sub("", name, count=1).replace("\\", "/")
    if not path.startswith("/"):
        yield normpath(join(folder, path))
    absolute = normpath(f"/{path.lstrip('/')}")
    yield from (f"{point}{absolute}" for point in _MOUNT_POINTS)
    yield f"/{absolute[1:].partition('/')[2]}"
