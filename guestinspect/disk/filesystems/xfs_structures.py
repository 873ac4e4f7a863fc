"""The structures of XFS on the disk. All numbers are big-endian; in version 5 each structure has a checksum.

Source: "XFS Algorithms & Data Structures", 3rd edition; fs/xfs/libxfs/xfs_format.h of Linux. Comments name the
fields as they are named there.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from guestinspect.disk.explorer import crc32c
from guestinspect.disk.tree import Unreadable

# Feature bits (sb_features_incompat) that this reader supports. It refuses all others, as Linux does.
FILE_TYPES = 0x1
NEEDS_REPAIR = 0x10
_SUPPORTED = {
    FILE_TYPES: "ftype",
    0x2: "sparse inodes",
    0x4: "metadata UUID",
    0x8: "bigtime",
    0x20: "large extent counters",
    0x40: "exchange range",
    0x80: "parent pointers",
}
# Version 4 has its features in sb_versionnum and in sb_features2.
_V4_FOLDERS_V2 = 0x2000
_V4_FILE_TYPES = 0x200


@dataclass(frozen=True)
class Superblock:
    """The fields of the superblock that are needed here.

    A block number of the file system is the number of an allocation group and, in the lower ``group_block_bits``, a
    block of that group. An inode number is a block number and, in the lower ``inodes_in_block_bits``, an inode of that
    block. Groups need not be a power of two long, so that numbers have gaps.

    Args:
        block_bytes: sb_blocksize.
        group_blocks: The length of a group (sb_agblocks).
        groups: sb_agcount.
        inode_bytes: sb_inodesize.
        block_bits: sb_blocklog; ``block_bytes`` is 2 to this power.
        inodes_in_block_bits: sb_inopblog.
        group_block_bits: sb_agblklog, ``group_blocks`` rounded up to a power of two.
        folder_block_bytes: The blocks of folders are 2^sb_dirblklog blocks long.
        root: The inode number of the root folder (sb_rootino).
        uuid: sb_uuid.
        label: sb_fname, padded with zeros.
        has_checksums: The version is 5.
        has_file_types: Entries of folders have a byte for the type of the file.
    """

    block_bytes: int
    group_blocks: int
    groups: int
    inode_bytes: int
    block_bits: int
    inodes_in_block_bits: int
    group_block_bits: int
    folder_block_bytes: int
    root: int
    uuid: bytes
    label: bytes
    has_checksums: bool
    has_file_types: bool

    def find_contradiction(self) -> str:
        """Return which sizes disagree with their logarithms, both of which are used to shift and to divide; else empty.

        The ranges are those of Linux (XFS_MIN_BLOCKSIZE_LOG, XFS_DINODE_MIN_LOG and so on).
        """
        if not 9 <= self.block_bits <= 16 or self.block_bytes != 1 << self.block_bits:
            return f"blocks of {self.block_bytes} bytes and of 2^{self.block_bits} bytes"
        if not 256 <= self.inode_bytes <= 2048 or self.inode_bytes << self.inodes_in_block_bits != self.block_bytes:
            return f"2^{self.inodes_in_block_bits} inodes of {self.inode_bytes} bytes in {self.block_bytes} bytes"
        if not 0 < self.group_blocks <= 1 << self.group_block_bits <= 1 << 32:
            return f"groups of {self.group_blocks} blocks, numbered with {self.group_block_bits} bits"
        if self.folder_block_bytes > 1 << 16:
            return f"folder blocks of {self.folder_block_bytes} bytes"
        return ""

    def byte_of_block(self, block: int) -> int:
        """Return the first byte of a block.

        Raises:
            Unreadable: No group has the block.
        """
        group, within = block >> self.group_block_bits, block & (1 << self.group_block_bits) - 1
        if group >= self.groups or within >= self.group_blocks:
            raise Unreadable("xfs", f"a structure refers to block {block}, which lies outside all groups")
        return (group * self.group_blocks + within) << self.block_bits

    def byte_of_inode(self, number: int) -> int:
        """Return the first byte of an inode.

        Raises:
            Unreadable: No group has its block.
        """
        block, within = number >> self.inodes_in_block_bits, number & (1 << self.inodes_in_block_bits) - 1
        return self.byte_of_block(block) + within * self.inode_bytes


def read_superblock(sector: bytes) -> Superblock:
    """Return the superblock.

    Args:
        sector: The beginning of the file system, at least its first sector.

    Raises:
        Unreadable: The superblock is damaged, or requires features that are not supported.
    """
    if len(sector) < 512 or sector[:4] != b"XFSB":
        raise Unreadable("xfs", "it has no superblock at byte 0")
    (block_bytes,) = struct.unpack_from(">I", sector, 4)
    (root,) = struct.unpack_from(">Q", sector, 56)
    group_blocks, groups = struct.unpack_from(">II", sector, 84)
    version, sector_bytes, inode_bytes = struct.unpack_from(">HHH", sector, 100)
    has_checksums = _has_checksums(sector, version, sector_bytes)
    # In version 5, sb_features_incompat; in version 4, sb_features2, which old kernels wrote at the next place as well.
    (features,) = struct.unpack_from(">I", sector, 216 if has_checksums else 200)
    superblock = Superblock(
        block_bytes=block_bytes,
        group_blocks=group_blocks,
        groups=groups,
        inode_bytes=inode_bytes,
        block_bits=sector[120],
        inodes_in_block_bits=sector[123],
        group_block_bits=sector[124],
        folder_block_bytes=block_bytes << sector[192],
        root=root,
        uuid=sector[32:48],
        label=sector[108:120],
        has_checksums=has_checksums,
        has_file_types=bool(features & (FILE_TYPES if has_checksums else _V4_FILE_TYPES)),
    )
    if contradiction := superblock.find_contradiction():
        raise Unreadable("xfs", f"its superblock declares {contradiction}")
    return superblock


def _has_checksums(sector: bytes, version: int, sector_bytes: int) -> bool:
    """Return True for version 5, after verifying the superblock; False for version 4 with folders of version 2."""
    if version & 0xF == 4 and version & _V4_FOLDERS_V2:
        return False
    if version & 0xF != 5:
        raise Unreadable("xfs", f"its version, {version & 0xF}, is not supported")
    if not 512 <= sector_bytes <= len(sector):
        raise Unreadable("xfs", f"its superblock declares sectors of {sector_bytes} bytes")
    check(sector[:sector_bytes], 224, "its superblock")  # sb_crc
    (incompatible,) = struct.unpack_from(">I", sector, 216)
    if incompatible & NEEDS_REPAIR:
        raise Unreadable("xfs", "it is marked as in need of xfs_repair")
    if unknown := incompatible & ~sum(_SUPPORTED):
        raise Unreadable("xfs", f"it has features that are not supported ({unknown:#x})")
    return True


def check(structure: bytes, at: int, name: str) -> None:
    """Verify a checksum. It is computed with its own four bytes as zeros, and stored little-endian, unlike the rest.

    Args:
        structure: The bytes that the checksum covers.
        at: The offset of the checksum in them.
        name: Names the structure in the message: "inode 131".

    Raises:
        Unreadable: The checksum is wrong.
    """
    (stored,) = struct.unpack_from("<I", structure, at)
    if crc32c(structure[at + 4 :], crc32c(structure[:at] + bytes(4))) != stored:
        raise Unreadable("xfs", f"the checksum of {name} is wrong")


@dataclass(frozen=True)
class Extent:
    """A run of blocks of a file.

    Args:
        at_block: The first block, counted in the file.
        disk_block: The first block, as a block number of the file system.
        blocks: The length.
        written: False for a preallocated extent: it reads as zeros.
    """

    at_block: int
    disk_block: int
    blocks: int
    written: bool


def extents(records: bytes) -> Iterator[Extent]:
    """The extents in packed records of 128 bits (xfs_bmbt_rec): flag 1, file offset 54, block 52, count 21."""
    for high, low in struct.iter_unpack(">QQ", records):
        yield Extent(
            at_block=high >> 9 & (1 << 54) - 1,
            disk_block=(high & 0x1FF) << 43 | low >> 21,  # 9 bits in the first half, 43 in the second
            blocks=low & 0x1FFFFF,
            written=not high >> 63,
        )


@dataclass(frozen=True)
class Inode:
    """An inode: a file, folder or link.

    Args:
        number: Its number.
        mode: Type and permission bits (di_mode).
        format: The place of its content (di_format): 1 in ``fork`` itself, 2 in the extents that ``fork`` lists, 3 in
            those of a B+tree whose root is in ``fork``.
        uid: di_uid.
        gid: di_gid.
        size_bytes: di_size.
        modified_s: di_mtime, in seconds since 1970.
        extents: The number of extents (di_nextents, di_big_nextents).
        is_realtime: The content is on a separate device (XFS_DIFLAG_REALTIME).
        fork: The data fork, which follows the fixed part.
    """

    number: int
    mode: int
    format: int
    uid: int
    gid: int
    size_bytes: int
    modified_s: int
    extents: int
    is_realtime: bool
    fork: bytes


# di_flags2
_BIGTIME = 0x8
_LARGE_COUNTERS = 0x10

_BIGTIME_BEGINS_S = -(2**31)


def read_inode(raw: bytes, number: int, superblock: Superblock) -> Inode:
    """Return an inode.

    Args:
        raw: Its bytes.
        number: Its number, which version 3 repeats in the inode: a block that was moved is detected.
        superblock: Of its file system.

    Raises:
        Unreadable: The inode is damaged.
    """
    magic, mode, version, content_format = struct.unpack_from(">2sHBB", raw)
    if magic != b"IN":
        raise Unreadable("xfs", f"inode {number} has a wrong magic number")
    if version not in (1, 2, 3) or (version == 3) is not superblock.has_checksums:
        raise Unreadable("xfs", f"inode {number} has version {version}, which the file system does not allow")
    flags2, fork_at = 0, 100
    if version == 3:
        check(raw, 100, f"inode {number}")  # di_crc
        (flags2,), fork_at = struct.unpack_from(">Q", raw, 120), 176
        if (stored := struct.unpack_from(">Q", raw, 152)[0]) != number:  # di_ino
            raise Unreadable("xfs", f"in the place of inode {number} there is inode {stored}")
    uid, gid = struct.unpack_from(">II", raw, 8)
    (size_bytes,) = struct.unpack_from(">Q", raw, 56)
    # With large counters (nrext64) the 64-bit count takes the place of di_v2_pad, and di_nextents counts attributes.
    (count,) = struct.unpack_from(">Q", raw, 24) if flags2 & _LARGE_COUNTERS else struct.unpack_from(">I", raw, 76)
    # di_forkoff: the attribute fork begins so many 8 bytes behind the data fork's beginning; 0 if there is none.
    attributes_at = fork_at + raw[82] * 8 if raw[82] else superblock.inode_bytes
    (flags,) = struct.unpack_from(">H", raw, 90)
    return Inode(
        number=number,
        mode=mode,
        format=content_format,
        uid=uid,
        gid=gid,
        size_bytes=size_bytes,
        modified_s=_mtime_s(raw, flags2),
        extents=count,
        is_realtime=bool(flags & 1),
        fork=raw[fork_at:attributes_at],
    )


def _mtime_s(raw: bytes, flags2: int) -> int:
    """Return di_mtime: with bigtime nanoseconds since 1901, else seconds since 1970 (then nanoseconds, ignored)."""
    if flags2 & _BIGTIME:
        return int(struct.unpack_from(">Q", raw, 40)[0]) // 10**9 + _BIGTIME_BEGINS_S
    return int(struct.unpack_from(">i", raw, 40)[0])
