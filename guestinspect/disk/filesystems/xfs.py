"""XFS, read by ourselves: see choice 0006."""

from __future__ import annotations

import stat
import struct
import uuid
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from typing import cast

from guestinspect.disk.blocks import Blocks, read_exactly
from guestinspect.disk.explorer import errors_as_unreadable
from guestinspect.disk.filesystems import xfs_structures as structures
from guestinspect.disk.filesystems.filesystem import FileSystem, Node
from guestinspect.disk.filesystems.folder_cache import FolderCache
from guestinspect.disk.filesystems.xfs_structures import Extent, Inode
from guestinspect.disk.limits import EXTENTS_IN_FILE, FOLDER_BYTES, LINK_BYTES
from guestinspect.disk.tree import Status, Type, Unreadable

_TYPES = {stat.S_IFREG: Type.FILE, stat.S_IFDIR: Type.FOLDER, stat.S_IFLNK: Type.LINK}
_LOCAL, _EXTENTS, _TREE = 1, 2, 3
_HASHES_BEGIN_AT_BYTE = 1 << 35
_MOST_LEVELS = 9
_LINK_HEADER_BYTES = 56
_LINK_RUN_BYTES = 128 * 1024  # two of the largest blocks


class Xfs:
    """An XFS.

    Args:
        blocks: Its bits.

    Raises:
        Unreadable: It is damaged, or has features that are not understood.
    """

    kind = "xfs"
    notes: tuple[str, ...] = ()

    def __init__(self, blocks: Blocks) -> None:
        self._blocks = blocks
        self._of = structures.superblock(blocks.read_at(0, 4096))
        self.uuid = str(uuid.UUID(bytes=self._of.uuid))
        self.label = self._of.label.rstrip(b"\0").decode("utf-8", "surrogateescape")
        self._folders: FolderCache[int] = FolderCache()
        self._extents: dict[int, tuple[Extent, ...]] = {}

    def root(self) -> Node:
        return self._inode(self._of.root)

    def part(self, subvolume: str) -> FileSystem | None:
        return None

    def lookup(self, folder: Node, name: str) -> Node | None:
        number = self._inside(folder).get(name)
        return None if number is None else self._inode(number)

    def names(self, folder: Node) -> Iterable[str]:
        return self._inside(folder)

    def status(self, node: Node) -> Status:
        inode = cast("Inode", node)
        return Status(
            type=_TYPES.get(stat.S_IFMT(inode.mode), Type.OTHER),
            size_bytes=inode.size_bytes,
            mode=stat.S_IMODE(inode.mode),
            uid=inode.uid,
            gid=inode.gid,
            modified_s=inode.modified_s,
        )

    def link(self, node: Node) -> str:
        inode = cast("Inode", node)
        if not 0 < inode.size_bytes <= LINK_BYTES:
            raise Unreadable("xfs", "a link has no target, or one that is too long")
        if inode.format == _LOCAL:
            target = inode.fork[: inode.size_bytes]
        else:
            with errors_as_unreadable("xfs"):
                target = b"".join(self._pieces_of_target(inode))[: inode.size_bytes]
        if len(target) != inode.size_bytes:
            raise Unreadable("xfs", "a link is damaged")
        return target.decode("utf-8", "surrogateescape")

    def read(self, node: Node, offset_bytes: int, length_bytes: int) -> bytes:
        inode = cast("Inode", node)
        length_bytes = min(length_bytes, inode.size_bytes - offset_bytes)
        if length_bytes <= 0:
            return b""
        with errors_as_unreadable("xfs"):
            return b"".join(self._pieces(inode, offset_bytes, length_bytes))

    def _inode(self, number: int) -> Inode:
        of = self._of
        group = number >> (of.group_block_bits + of.inodes_in_block_bits)
        block = number >> of.inodes_in_block_bits & (1 << of.group_block_bits) - 1
        within = number & (1 << of.inodes_in_block_bits) - 1
        with errors_as_unreadable("xfs"):
            at = self._byte(group << of.group_block_bits | block) + within * of.inode_bytes
            inode = structures.inode(read_exactly(self._blocks, at, of.inode_bytes), number, of)
        if not stat.S_IFMT(inode.mode):
            raise Unreadable("xfs", f"inode {number} is not in use")
        return inode

    def _byte(self, block: int) -> int:
        """Where a block is, whose number holds its group and its place there."""
        group, within = block >> self._of.group_block_bits, block & (1 << self._of.group_block_bits) - 1
        if group >= self._of.groups or within >= self._of.group_blocks:
            raise Unreadable("xfs", "it refers to a block beyond its end")
        return (group * self._of.group_blocks + within) << self._of.block_bits

    def _inside(self, folder: Node) -> Mapping[str, int]:
        """The inode numbers of what is in a folder, by name."""
        inode = cast("Inode", folder)
        if not stat.S_ISDIR(inode.mode):
            raise Unreadable("xfs", f"inode {inode.number} is no folder")
        with errors_as_unreadable("xfs"):
            return self._folders.of(inode.number, lambda: self._entries(inode))

    def _entries(self, folder: Inode) -> Iterator[tuple[str, int]]:
        if folder.size_bytes > FOLDER_BYTES:
            raise Unreadable("xfs", f"a folder is longer than {FOLDER_BYTES} bytes")
        for name, number in self._raw_entries(folder):
            if name not in (b".", b".."):
                yield name.decode("utf-8", "surrogateescape"), number

    def _raw_entries(self, folder: Inode) -> Iterator[tuple[bytes, int]]:
        if folder.format == _LOCAL:
            yield from structures.short_folder(folder.fork, file_types=self._of.file_types)
            return
        for block in self._folder_blocks(folder):
            yield from structures.folder_block(block, file_types=self._of.file_types)

    def _folder_blocks(self, folder: Inode) -> Iterator[bytes]:
        size_bytes = self._of.folder_block_bytes
        blocks = size_bytes >> self._of.block_bits
        first = -1
        for extent in self._extents_of(folder):
            if extent.at_block << self._of.block_bits >= _HASHES_BEGIN_AT_BYTE:
                break
            for block in range(extent.at_block, extent.at_block + extent.blocks):
                if block // blocks > first:
                    first = block // blocks
                    content = b"".join(self._pieces(folder, first * size_bytes, size_bytes))
                    structures.check_folder_block(content, self._of)
                    yield content

    def _pieces_of_target(self, link: Inode) -> Iterator[bytes]:
        """What is in each run of blocks, behind a header if there are check sums."""
        for extent in self._extents_of(link):
            if extent.blocks << self._of.block_bits > _LINK_RUN_BYTES:
                raise Unreadable("xfs", "a link is damaged")
            content = read_exactly(self._blocks, self._byte(extent.disk_block), extent.blocks << self._of.block_bits)
            if self._of.checked:
                structures.check(content, 12)
                content = content[_LINK_HEADER_BYTES:]
            yield content

    def _pieces(self, file: Inode, offset_bytes: int, length_bytes: int) -> Iterator[bytes]:
        """The bytes of a file, run by run; what was never written is zeros."""
        bits = self._of.block_bits
        runs = self._extents_of(file)
        number = max(0, bisect_right(runs, offset_bytes >> bits, key=lambda run: run.at_block) - 1)
        end_bytes = offset_bytes + length_bytes
        while offset_bytes < end_bytes:
            run = runs[number] if number < len(runs) else None
            begins = run.at_block << bits if run else end_bytes
            ends = run.at_block + run.blocks << bits if run else end_bytes
            if run and ends <= offset_bytes:
                number += 1
                continue
            until = min(end_bytes, ends if begins <= offset_bytes else begins)
            if run and run.written and begins <= offset_bytes:
                at = self._byte(run.disk_block) + offset_bytes - begins
                yield read_exactly(self._blocks, at, until - offset_bytes)
            else:
                yield bytes(until - offset_bytes)
            offset_bytes = until

    def _extents_of(self, file: Inode) -> tuple[Extent, ...]:
        if file.number not in self._extents:
            if len(self._extents) > 1000:
                self._extents.clear()
            self._extents[file.number] = self._found_extents(file)
        return self._extents[file.number]

    def _found_extents(self, file: Inode) -> tuple[Extent, ...]:
        if file.realtime:
            raise Unreadable("xfs", "a file of it is on another disk (real-time)")
        if file.extents > EXTENTS_IN_FILE:
            raise Unreadable("xfs", f"a file of it is in more than {EXTENTS_IN_FILE} pieces")
        if file.format == _EXTENTS:
            found = list(structures.extents(file.fork[: file.extents * 16]))
        elif file.format == _TREE:
            level, count = struct.unpack_from(">HH", file.fork)
            most = (len(file.fork) - 4) // 16
            found = list(self._leaves(_pointers(file.fork, 4 + 8 * most, count, most), level, set()))
        else:
            raise Unreadable("xfs", f"inode {file.number} is damaged")
        ends = 0
        for extent in found:
            if extent.at_block < ends:
                raise Unreadable("xfs", f"the pieces of inode {file.number} overlap")
            ends = extent.at_block + extent.blocks
        if len(found) != file.extents:
            raise Unreadable("xfs", f"inode {file.number} has not as many pieces as it says")
        return tuple(found)

    def _leaves(self, pointers: list[int], level: int, seen: set[int]) -> Iterator[Extent]:
        """The extents in the leaves of a tree, in order (xfs_bmbt); no block of it is read twice."""
        if not 0 < level < _MOST_LEVELS:
            raise Unreadable("xfs", "a tree is damaged")
        header_bytes = 72 if self._of.checked else 24
        for pointer in pointers:
            if pointer in seen or len(seen) > EXTENTS_IN_FILE:
                raise Unreadable("xfs", "a tree is damaged")
            seen.add(pointer)
            block = read_exactly(self._blocks, self._byte(pointer), self._of.block_bytes)
            magic, its_level, count = struct.unpack_from(">4sHH", block)
            most = (self._of.block_bytes - header_bytes) // 16
            if magic != (b"BMA3" if self._of.checked else b"BMAP") or its_level != level - 1 or count > most:
                raise Unreadable("xfs", "a tree is damaged")
            if self._of.checked:
                structures.check(block, 64)
            if its_level:
                yield from self._leaves(_pointers(block, header_bytes + 8 * most, count, most), its_level, seen)
            else:
                yield from structures.extents(block[header_bytes : header_bytes + 16 * count])


def _pointers(block: bytes, at: int, count: int, most: int) -> list[int]:
    if count > most:
        raise Unreadable("xfs", "a tree is damaged")
    return list(struct.unpack_from(f">{count}Q", block, at))
