"""The archives of an initramfs: cpio, uncompressed or compressed, one after another in one or several files.

Source: Linux, ``init/initramfs.c``, ``unpack_to_rootfs``.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from guestinspect.disk.initramfs.byte_source import ByteSource, FileSource, UnpackedSource
from guestinspect.disk.initramfs.compression import find_decompressor
from guestinspect.disk.initramfs.cpio import CpioFileSystem
from guestinspect.disk.mounted_tree import MountedTree
from guestinspect.disk.tree import Tree, Unreadable

_UNPACKED_BYTES = 1024**3
"""The most bytes that are unpacked. An initramfs of 80 MiB with zstd has 250 MiB."""

_PROCESSOR_S = 3.0
"""The most processor time: a third of what an inspection may take. 92 MiB with zstd take 0.24 s (measured)."""

_MOST_ARCHIVES = 64
_PIECE_BYTES = 4096
_MAGIC = b"0707"


@dataclass(frozen=True)
class ArchiveFile:
    """A file with archives, or a part of it.

    Args:
        path: The path in the guest.
        start_bytes: The first byte of the part: in a unified kernel image, the initramfs is a section.
        size_bytes: The length of the part.
    """

    path: str
    start_bytes: int
    size_bytes: int


def read_archives(tree: Tree, files: Iterable[ArchiveFile], is_wanted: Callable[[str], bool]) -> MountedTree:
    """Return the files in an initramfs, as they are when its ``/init`` starts.

    Args:
        tree: The guest's files.
        files: The files that the boot loader loads, in their order.
        is_wanted: Returns True if the content of the file with this path is to be kept; of others, the names are.

    Raises:
        Unreadable: An archive is damaged, in a format that the kernel does not read, or exceeds a limit.
    """
    filesystem, budget = CpioFileSystem(is_wanted), _Budget()
    for file in files:
        source = FileSource(tree, file.path, file.start_bytes, file.size_bytes)
        try:
            _add_all(filesystem, source, budget)
        except Unreadable as unreadable:  # the codecs and the cpio reader do not know the path
            raise Unreadable(file.path, unreadable.reason) from unreadable
    return MountedTree(filesystem)


class _Budget:
    """The costs of all archives together."""

    def __init__(self) -> None:
        self._until_s = time.process_time() + _PROCESSOR_S
        self._bytes = 0
        self._archives = 0

    def charge(self, length_bytes: int) -> None:
        self._bytes += length_bytes
        if self._bytes > _UNPACKED_BYTES:
            raise Unreadable("the initramfs", f"it has more than {_UNPACKED_BYTES // 1024**2} MiB when it is unpacked")
        if time.process_time() > self._until_s:
            raise Unreadable("the initramfs", f"unpacking it takes longer than {_PROCESSOR_S:g} s")

    def charge_archive(self) -> None:
        self._archives += 1
        if self._archives > _MOST_ARCHIVES:
            raise Unreadable("the initramfs", f"it has more than {_MOST_ARCHIVES} archives")


def _add_all(filesystem: CpioFileSystem, source: FileSource, budget: _Budget) -> None:
    """Add the archives of one file. Zeros between them are padding; an uncompressed one begins at a multiple of 4."""
    while _skip_zeros(source, budget):
        budget.charge_archive()
        head = source.read(len(_MAGIC))
        source.unread(head)
        if head == _MAGIC and source.pos % 4 == 0:
            filesystem.add_archive(source)
            continue
        unpack = find_decompressor(source)
        if unpack is None:
            raise Unreadable(source.path, f"it has neither a cpio archive nor a known compression at byte {source.pos}")
        unpacked = UnpackedSource(unpack(source), budget.charge, source.path)
        while _skip_zeros(unpacked, budget):
            filesystem.add_archive(unpacked)


def _skip_zeros(source: ByteSource, budget: _Budget) -> bool:
    """Skip zeros; return False at the end of the source."""
    while piece := source.read(_PIECE_BYTES):
        budget.charge(0)
        rest = piece.lstrip(b"\0")
        if rest:
            source.unread(rest)
            return True
    return False
