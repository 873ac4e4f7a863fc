"""What fs-explorer's reader of ext2, ext3 and ext4 does not do: compare the check sums that ext4 keeps.

Source: fs/ext4/inode.c and namei.c of Linux (metadata_csum). Only imported where fs-explorer is there.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from fs_explorer.codecs.crc32c import crc32c_raw
from fs_explorer.errors import ChecksumError
from fs_explorer.filesystems.ext import ExtFS, _Inode
from fs_explorer.io.source import RandomAccess
from fs_explorer.tree import Context

_CHECKED = 0x400
_SEED_IN_SUPERBLOCK = 0x2000
_INDEXED = 0x1000
_INLINE = 0x10000000
_TAIL = struct.Struct("<IHBBI")
_TAIL_BEGINS = (0, _TAIL.size, 0, 0xDE)


class CheckedExt(ExtFS):
    """An ext file system whose inodes and folders are compared with their check sums, if it has any."""

    def __init__(self, ra: RandomAccess, ctx: Context) -> None:
        super().__init__(ra, ctx)
        superblock = ra.read_exact(1024, 1024)
        self._seed = crc32c_raw(0xFFFFFFFF, self.uuid)
        if self.incompat & _SEED_IN_SUPERBLOCK:
            (self._seed,) = struct.unpack_from("<I", superblock, 0x270)
        self._right: set[int] = set()
        self._is_checked = bool(self.ro_compat & _CHECKED)
        if self._is_checked and crc32c_raw(0xFFFFFFFF, superblock[:1020]) != struct.unpack("<I", superblock[1020:])[0]:
            raise ChecksumError("ext: the check sum of the superblock is wrong")

    def _parse_inode(self, ino: int, raw: bytes) -> _Inode:
        inode = super()._parse_inode(ino, raw)
        if self._is_checked and any(raw):
            content = bytearray(raw)
            low = raw[0x7C:0x7E]
            content[0x7C:0x7E] = bytes(2)
            high = b""
            if self.inode_size > 128 and struct.unpack_from("<H", raw, 0x80)[0] >= 4:
                high = raw[0x82:0x84]
                content[0x82:0x84] = bytes(2)
            computed = crc32c_raw(self._inode_seed(inode), bytes(content)).to_bytes(4, "little")
            if not computed.startswith(low + high):
                raise ChecksumError(f"ext: the check sum of inode {ino} is wrong")
        return inode

    def _dir_areas(self, ind: _Inode) -> Iterator[tuple[bytes, int, int]]:
        to_check = self._is_checked and not ind.flags & _INLINE and ind.ino not in self._right
        first = True
        for buffer, start, end in super()._dir_areas(ind):
            if to_check and not (first and ind.flags & _INDEXED):
                self._check_folder_block(ind, buffer[start:end])
            first = False
            yield buffer, start, end
        self._right.add(ind.ino)

    def _check_folder_block(self, folder: _Inode, block: bytes) -> None:
        inode, length = struct.unpack_from("<IH", block)
        if not inode and length in (self.bs, 0xFFFF):
            return  # a block of the index, which holds no names
        *begins, stored = _TAIL.unpack_from(block, len(block) - _TAIL.size)
        computed = crc32c_raw(self._inode_seed(folder), block[: -_TAIL.size])
        if tuple(begins) != _TAIL_BEGINS or computed != stored:
            raise ChecksumError(f"ext: the check sum of a folder (inode {folder.ino}) is wrong")

    def _inode_seed(self, inode: _Inode) -> int:
        return crc32c_raw(crc32c_raw(self._seed, struct.pack("<I", inode.ino)), inode.raw[0x64:0x68])
