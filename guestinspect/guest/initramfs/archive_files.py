"""The files from which the boot loader loads the initramfs of its default entry."""

from __future__ import annotations

import re
from dataclasses import dataclass
from posixpath import basename, dirname

from guestinspect.disk.initramfs.archives import ArchiveFile
from guestinspect.disk.tree import Tree
from guestinspect.guest.boot import unified_kernel
from guestinspect.guest.boot.kernel_command_line import list_default_entries
from guestinspect.guest.boot.loaded_files import find_path, list_initrds
from guestinspect.model.fact import Unknown

_RELEASE = re.compile(r"(?:vmlinuz|vmlinux|kernel|linux|initrd\.img|initramfs|initrd)-(\d.*?)(?:\.img)?")
_MOST_FILES = 16


@dataclass(frozen=True)
class BootFiles:
    """The files of the default entry.

    Args:
        archives: The files of the initramfs in their order; empty: the kernel mounts the root file system directly.
        release: The release of the kernel, which is the name of the folder of its modules; empty if it is unknown.
    """

    archives: tuple[ArchiveFile, ...]
    release: str


def find_boot_files(tree: Tree) -> BootFiles:
    """Return the files that the default entry loads.

    Raises:
        Unknown: The boot loader is not configured, its default entries differ, or a file is missing.
    """
    entries = list(list_default_entries(tree))
    if len({(entry.kernel, entry.initrds) for entry in entries}) != 1 or entries[0].initrds is None:
        raise Unknown("no boot loader names one initramfs for its default entry")
    entry = entries[0]
    names = list_initrds(entry)
    if len(names) > _MOST_FILES:
        raise Unknown(f"{entry.location} loads more than {_MOST_FILES} files as its initramfs")
    folder = dirname(entry.location.rpartition(":")[0])
    archives = tuple(_find_archive(tree, name, folder) for name in names)
    return BootFiles(archives, _find_release(tree, entry.kernel, folder, archives))


def _find_archive(tree: Tree, name: str, folder: str) -> ArchiveFile:
    path = find_path(tree, name, folder)
    status = tree.status(path) if path else None
    if path is None or status is None:
        raise Unknown(f"the initramfs {name[:80]!r} of the boot loader is not in the guest")
    if path.lower().endswith(".efi"):
        start, size_bytes = unified_kernel.find_initrd(tree, path)
        return ArchiveFile(path, start, size_bytes)
    return ArchiveFile(path, 0, status.size_bytes)


def _find_release(tree: Tree, kernel: str, folder: str, archives: tuple[ArchiveFile, ...]) -> str:
    """Return the release in the name of the kernel, or of the file that a link leads to."""
    path = find_path(tree, kernel, folder) if kernel else None
    names = [kernel, path or "", (tree.link(path) or "") if path else "", *(each.path for each in archives)]
    releases = (_RELEASE.fullmatch(basename(name)) for name in names)
    return next((each[1] for each in releases if each is not None), "")
