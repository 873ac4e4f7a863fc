"""XFS, read by our own code: see choice 0012."""

from __future__ import annotations

import stat
import struct
import uuid
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import cast

from guestinspect.disk.blocks import Blocks, read_exactly
from guestinspect.disk.explorer import errors_as_unreadable
from guestinspect.disk.filesystems import xfs_folders
from guestinspect.disk.filesystems import xfs_structures as structures
from guestinspect.disk.filesystems.filesystem import FileSystem, Node
from guestinspect.disk.filesystems.folder_cache import FolderCache
from guestinspect.disk.filesystems.xfs_folders import FolderBlock
from guestinspect.disk.filesystems.xfs_structures import Extent, Inode
from guestinspect.disk.limits import EXTENTS_IN_FILE, FOLDER_BYTES, LINK_BYTES
from guestinspect.disk.tree import Status, Type, Unreadable

_TYPES = {stat.S_IFREG: Type.FILE, stat.S_IFDIR: Type.FOLDER, stat.S_IFLNK: Type.LINK}

_LOCAL, _EXTENTS, _BTREE = 1, 2, 3
"""Values of di_format."""

_HASHES_BEGIN_AT_BYTE = 1 << 35
"""XFS_DIR2_LEAF_OFFSET: from this byte of a folder on there are hashes of its names, and no entries."""

_MAX_LEVELS = 9
"""XFS_BTREE_MAXLEVELS of Linux: no valid B+tree has more levels."""

_LINK_HEADER_BYTES = 56
"""struct xfs_dsymlink_hdr, in each extent of a link's target if there are checksums."""

_LINK_EXTENT_BYTES = 128 * 1024
"""The longest extent of a link that is read: two of the largest blocks."""

_MAX_CACHED_FILES = 1000


class Xfs:
    """An XFS.

    Args:
        blocks: The whole file system.

    Raises:
        Unreadable: It is damaged, or has features that are not supported.
    """

    kind = "xfs"
    notes: tuple[str, ...] = ()

    def __init__(self, blocks: Blocks) -> None:
        self._blocks = blocks
        self._superblock = structures.read_superblock(blocks.read_at(0, 4096))
        self.uuid = str(uuid.UUID(bytes=self._superblock.uuid))
        self.label = self._superblock.label.rstrip(b"\0").decode("utf-8", "surrogateescape")
        self._folders: FolderCache[int] = FolderCache()
        self._extents: dict[int, tuple[Extent, ...]] = {}

    def root(self) -> Node:
        return self._read_inode(self._superblock.root)

    def open_subvolume(self, _subvolume: str) -> FileSystem | None:
        return None

    def lookup(self, folder: Node, name: str) -> Node | None:
        number = self._children(folder).get(name)
        return None if number is None else self._read_inode(number)

    def names(self, folder: Node) -> Iterable[str]:
        return self._children(folder)

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
            raise Unreadable(
                "xfs", f"the target of the link is {inode.size_bytes} bytes long; 1 to {LINK_BYTES} are possible"
            )
        target = inode.fork if inode.format == _LOCAL else b""
        with errors_as_unreadable("xfs"):
            for extent in () if inode.format == _LOCAL else self._extents_of(inode):
                length_bytes = extent.blocks << self._superblock.block_bits
                if length_bytes > _LINK_EXTENT_BYTES:
                    raise Unreadable("xfs", f"the target of the link has an extent of {length_bytes} bytes")
                content = read_exactly(self._blocks, self._superblock.byte_of_block(extent.disk_block), length_bytes)
                if self._superblock.has_checksums:
                    structures.check(content, 12, f"the target of the link (block {extent.disk_block})")  # sl_crc
                    content = content[_LINK_HEADER_BYTES:]
                target += content
        target = target[: inode.size_bytes]
        if len(target) != inode.size_bytes:
            raise Unreadable("xfs", f"{len(target)} of {inode.size_bytes} bytes of the link's target are there")
        return target.decode("utf-8", "surrogateescape")

    def read(self, node: Node, offset_bytes: int, length_bytes: int) -> bytes:
        inode = cast("Inode", node)
        length_bytes = min(length_bytes, inode.size_bytes - offset_bytes)
        if length_bytes <= 0:
            return b""
        with errors_as_unreadable("xfs"):
            return b"".join(self._pieces(inode, offset_bytes, length_bytes))

    def _read_inode(self, number: int) -> Inode:
        superblock = self._superblock
        with errors_as_unreadable("xfs"):
            raw = read_exactly(self._blocks, superblock.byte_of_inode(number), superblock.inode_bytes)
            inode = structures.read_inode(raw, number, superblock)
        if not stat.S_IFMT(inode.mode):
            raise Unreadable("xfs", f"inode {number} is not in use")
        return inode

    def _children(self, folder: Node) -> Mapping[str, int]:
        """Return the inode numbers of the entries of a folder, by name."""
        inode = cast("Inode", folder)
        if not stat.S_ISDIR(inode.mode):
            raise Unreadable("xfs", f"inode {inode.number} is not a folder")
        with errors_as_unreadable("xfs"):
            return self._folders.get(inode.number, lambda: self._entries(inode))

    def _entries(self, folder: Inode) -> Iterator[tuple[str, int]]:
        if folder.size_bytes > FOLDER_BYTES:
            raise Unreadable("xfs", f"the folder is {folder.size_bytes} bytes long; at most {FOLDER_BYTES} are read")
        has_file_types = self._superblock.has_file_types
        if folder.format == _LOCAL:
            entries = xfs_folders.short_folder(folder, has_file_types=has_file_types)
        else:
            blocks = self._folder_blocks(folder)
            entries = (entry for block in blocks for entry in block.entries(has_file_types=has_file_types))
        for name, number in entries:
            if name not in (b".", b".."):
                yield name.decode("utf-8", "surrogateescape"), number

    def _folder_blocks(self, folder: Inode) -> Iterator[FolderBlock]:
        """The blocks of a folder that contain entries. A folder block may span extents, and an extent folder blocks."""
        size_bytes = self._superblock.folder_block_bytes
        blocks = size_bytes >> self._superblock.block_bits
        last = -1
        for extent in self._extents_of(folder):
            if extent.at_block << self._superblock.block_bits >= _HASHES_BEGIN_AT_BYTE:
                break
            for block in range(extent.at_block, extent.at_block + extent.blocks):
                if block // blocks > last:
                    last = block // blocks
                    content = b"".join(self._pieces(folder, last * size_bytes, size_bytes))
                    folder_block = FolderBlock(folder.number, last * size_bytes, content)
                    folder_block.check(has_checksums=self._superblock.has_checksums)
                    yield folder_block

    def _pieces(self, file: Inode, offset_bytes: int, length_bytes: int) -> Iterator[bytes]:
        """The bytes of a file, extent by extent; holes and preallocated extents read as zeros."""
        bits = self._superblock.block_bits
        extents = self._extents_of(file)
        # Start with the last extent that begins at or before the offset; the offset may still lie in a hole behind it.
        index = max(0, bisect_right(extents, offset_bytes >> bits, key=lambda extent: extent.at_block) - 1)
        end_bytes = offset_bytes + length_bytes
        while offset_bytes < end_bytes:
            extent = extents[index] if index < len(extents) else None
            begins = extent.at_block << bits if extent else end_bytes
            ends = extent.at_block + extent.blocks << bits if extent else end_bytes
            if extent and ends <= offset_bytes:
                index += 1
                continue
            until = min(end_bytes, ends if begins <= offset_bytes else begins)
            if extent and extent.written and begins <= offset_bytes:
                at = self._superblock.byte_of_block(extent.disk_block) + offset_bytes - begins
                yield read_exactly(self._blocks, at, until - offset_bytes)
            else:
                yield bytes(until - offset_bytes)
            offset_bytes = until

    def _extents_of(self, file: Inode) -> tuple[Extent, ...]:
        if file.number not in self._extents:
            if len(self._extents) > _MAX_CACHED_FILES:
                self._extents.clear()
            self._extents[file.number] = self._read_extents(file)
        return self._extents[file.number]

    def _read_extents(self, file: Inode) -> tuple[Extent, ...]:
        """Return the extents of a file in their order, after checking that they do not overlap and none is missing."""
        if file.is_realtime:
            raise Unreadable("xfs", "its content is on a separate real-time device")
        if file.extents > EXTENTS_IN_FILE:
            raise Unreadable("xfs", f"it has {file.extents} extents; at most {EXTENTS_IN_FILE} are read")
        if file.format == _EXTENTS:
            extents = list(structures.extents(file.fork[: file.extents * 16]))
        elif file.format == _BTREE:
            # xfs_bmdr_block, the root in the inode: level and count, then as in the other nodes.
            level, count = struct.unpack_from(">HH", file.fork)
            root = _Node(file.number, level, count, file.fork[4:])
            if not 0 < root.level < _MAX_LEVELS:
                raise Unreadable("xfs", f"{root.tree} has {root.level} levels")
            extents = list(self._leaves(root, set()))
        else:
            raise Unreadable("xfs", f"inode {file.number} has its content in an unknown format ({file.format})")
        end_block = 0
        for extent in extents:
            if extent.at_block < end_block:
                raise Unreadable("xfs", f"the extents of inode {file.number} overlap")
            end_block = extent.at_block + extent.blocks
        if len(extents) != file.extents:
            raise Unreadable("xfs", f"inode {file.number} does not have as many extents as it declares")
        return tuple(extents)

    def _leaves(self, parent: _Node, visited: set[int]) -> Iterator[Extent]:
        """The extents in the leaves of a B+tree, in order.

        Args:
            parent: The node above them.
            visited: The blocks read so far: a tree that contains itself would never end.
        """
        has_checksums = self._superblock.has_checksums
        # xfs_btree_block, long form: with checksums it has the block's own number, a UUID, an owner and bb_crc, too.
        magic, header_bytes = (b"BMA3", 72) if has_checksums else (b"BMAP", 24)
        for number in parent.pointers():
            if number in visited:
                raise Unreadable("xfs", f"{parent.tree} contains block {number} twice")
            if len(visited) > EXTENTS_IN_FILE:
                raise Unreadable("xfs", f"{parent.tree} has more than {EXTENTS_IN_FILE} blocks")
            visited.add(number)
            block = read_exactly(self._blocks, self._superblock.byte_of_block(number), self._superblock.block_bytes)
            block_magic, level, count = struct.unpack_from(">4sHH", block)
            if block_magic != magic or level != parent.level - 1:
                raise Unreadable("xfs", f"block {number} is not a node of level {parent.level - 1} of {parent.tree}")
            if has_checksums:
                structures.check(block, 64, f"block {number} of {parent.tree}")
            node = _Node(parent.inode, level, count, block[header_bytes:])
            yield from self._leaves(node, visited) if level else node.extents()


@dataclass(frozen=True)
class _Node:
    """A node of the B+tree with the extents of a file (xfs_bmbt).

    Args:
        inode: The number of the file's inode, which holds the root.
        level: The level; a leaf has level 0.
        count: The number of entries.
        body: The bytes behind the header: all keys, then all pointers, 8 bytes each; in a leaf, records of 16 bytes.

    Raises:
        Unreadable: The node has no room for so many entries.
    """

    inode: int
    level: int
    count: int
    body: bytes

    def __post_init__(self) -> None:
        if self.count > self.capacity:
            raise Unreadable("xfs", f"a node of {self.tree} declares {self.count} entries; {self.capacity} fit into it")

    @property
    def tree(self) -> str:
        """The name of the tree, for messages."""
        return f"the extent tree of inode {self.inode}"

    @property
    def capacity(self) -> int:
        """The number of entries for which there is room."""
        return len(self.body) // 16

    def pointers(self) -> tuple[int, ...]:
        """Return the blocks of the nodes below."""
        return struct.unpack_from(f">{self.count}Q", self.body, 8 * self.capacity)

    def extents(self) -> Iterator[Extent]:
        """The extents in a leaf."""
        return structures.extents(self.body[: 16 * self.count])
