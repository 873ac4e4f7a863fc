"""Verification of ext4's metadata checksums, which fs-explorer's reader of ext2, ext3 and ext4 omits.

Import this module only where fs-explorer is installed.

Source: fs/ext4/inode.c, namei.c and super.c of Linux (feature metadata_csum); Documentation/filesystems/ext4.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from fs_explorer.codecs.crc32c import crc32c_raw
from fs_explorer.errors import ChecksumError
from fs_explorer.filesystems.ext import ExtFS, _Inode
from fs_explorer.io.source import RandomAccess
from fs_explorer.tree import Context

# Feature bits of the superblock, and flags of an inode.
_METADATA_CSUM = 0x400
_CSUM_SEED = 0x2000
_INDEX_FL = 0x1000
_INLINE_DATA_FL = 0x10000000

_TAIL = struct.Struct("<IHBBI")
"""struct ext4_dir_entry_tail, at the end of a folder block: it looks like an unused entry, with 0xDE as file type."""

_TAIL_BEGINS = (0, _TAIL.size, 0, 0xDE)


class CheckedExt(ExtFS):
    """An ext file system whose inodes and folders are verified by their checksums, if it has any."""

    def __init__(self, ra: RandomAccess, ctx: Context) -> None:
        super().__init__(ra, ctx)
        superblock = ra.read_exact(1024, 1024)
        # The seed of all checksums derives from the UUID; metadata_csum_seed stores it, so that the UUID can change.
        self._seed = crc32c_raw(0xFFFFFFFF, self.uuid)
        if self.incompat & _CSUM_SEED:
            (self._seed,) = struct.unpack_from("<I", superblock, 0x270)
        self._verified: set[int] = set()
        self._has_checksums = bool(self.ro_compat & _METADATA_CSUM)
        (stored,) = struct.unpack("<I", superblock[1020:])
        if self._has_checksums and crc32c_raw(0xFFFFFFFF, superblock[:1020]) != stored:
            raise ChecksumError("ext: the checksum of the superblock is wrong")

    def _parse_inode(self, ino: int, raw: bytes) -> _Inode:
        inode = super()._parse_inode(ino, raw)
        if self._has_checksums and any(raw):  # an inode that was never used is all zeros
            # The checksum is computed with its own two fields as zeros: i_checksum_lo and, if i_extra_isize (at 0x80)
            # reaches as far, i_checksum_hi. A small inode holds the lower half only.
            content = bytearray(raw)
            low = raw[0x7C:0x7E]
            content[0x7C:0x7E] = bytes(2)
            high = b""
            if self.inode_size > 128 and struct.unpack_from("<H", raw, 0x80)[0] >= 4:
                high = raw[0x82:0x84]
                content[0x82:0x84] = bytes(2)
            computed = crc32c_raw(self._inode_seed(inode), bytes(content)).to_bytes(4, "little")
            if not computed.startswith(low + high):
                raise ChecksumError(f"ext: the checksum of inode {ino} is wrong")
        return inode

    def _dir_areas(self, ind: _Inode) -> Iterator[tuple[bytes, int, int]]:
        is_due = self._has_checksums and not ind.flags & _INLINE_DATA_FL and ind.ino not in self._verified
        is_first = True
        for buffer, start, end in super()._dir_areas(ind):
            # The first block of an indexed folder is the root of its index: it has no tail, and only "." and "..".
            if is_due and not (is_first and ind.flags & _INDEX_FL):
                self._verify_folder_block(ind, buffer[start:end])
            is_first = False
            yield buffer, start, end
        self._verified.add(ind.ino)

    def _verify_folder_block(self, folder: _Inode, block: bytes) -> None:
        inode, length = struct.unpack_from("<IH", block)
        if not inode and length in (self.bs, 0xFFFF):
            return  # an inner block of the index: one unused entry as long as the block, so that it shows no names
        *begins, stored = _TAIL.unpack_from(block, len(block) - _TAIL.size)
        computed = crc32c_raw(self._inode_seed(folder), block[: -_TAIL.size])
        if tuple(begins) != _TAIL_BEGINS or computed != stored:
            raise ChecksumError(f"ext: the checksum of a folder (inode {folder.ino}) is wrong")

    def _inode_seed(self, inode: _Inode) -> int:
        """Return the seed for all structures of an inode: of its number and its generation (at 0x64)."""
        return crc32c_raw(crc32c_raw(self._seed, struct.pack("<I", inode.ino)), inode.raw[0x64:0x68])
