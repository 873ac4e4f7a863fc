"""How XFS lays out what it keeps: all numbers big-endian, all of version 5 with a check sum.

Source: the XFS algorithms and data structures, 3rd edition, and fs/xfs/libxfs/xfs_format.h of Linux.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from guestinspect.disk.explorer import crc32c
from guestinspect.disk.tree import Unreadable

# Feature bits (sb_features_incompat) whose meaning this reader knows.
FILE_TYPES = 0x1
NEEDS_REPAIR = 0x10
_UNDERSTOOD = {
    FILE_TYPES: "ftype",
    0x2: "sparse inodes",
    0x4: "metadata UUID",
    0x8: "bigtime",
    0x20: "large extent counters",
    0x40: "exchange range",
    0x80: "parent pointers",
}
_FOLDERS_OF_VERSION_2 = 0x2000
_FILE_TYPES_OF_VERSION_4 = 0x200


@dataclass(frozen=True)
class Superblock:
    """What the first sector says.

    Args:
        checked: Its structures have check sums (version 5).
        file_types: Folders say of what type a file is.
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
    checked: bool
    file_types: bool


def superblock(sector: bytes) -> Superblock:
    """What the first sector says.

    Raises:
        Unreadable: It is damaged, or asks for features that this reader does not know.
    """
    if len(sector) < 512 or sector[:4] != b"XFSB":
        raise Unreadable("xfs", "its superblock is missing")
    (block_bytes,) = struct.unpack_from(">I", sector, 4)
    (root,) = struct.unpack_from(">Q", sector, 56)
    group_blocks, groups = struct.unpack_from(">II", sector, 84)
    version, sector_bytes, inode_bytes = struct.unpack_from(">HHH", sector, 100)
    block_bits, _sector_bits, inode_bits, inodes_in_block_bits, group_block_bits = sector[120:125]
    folder_bits = sector[192]
    checked = _checked(sector, version, sector_bytes)
    if not (
        9 <= block_bits <= 16
        and block_bytes == 1 << block_bits
        and 8 <= inode_bits <= 11
        and inode_bytes == 1 << inode_bits
        and inodes_in_block_bits == block_bits - inode_bits >= 0
        and 0 < group_blocks <= 1 << group_block_bits <= 1 << 32
        and block_bits + folder_bits <= 16
    ):
        raise Unreadable("xfs", "its superblock contradicts itself")
    (features,) = struct.unpack_from(">I", sector, 216 if checked else 200)
    return Superblock(
        block_bytes=block_bytes,
        group_blocks=group_blocks,
        groups=groups,
        inode_bytes=inode_bytes,
        block_bits=block_bits,
        inodes_in_block_bits=inodes_in_block_bits,
        group_block_bits=group_block_bits,
        folder_block_bytes=block_bytes << folder_bits,
        root=root,
        uuid=sector[32:48],
        label=sector[108:120],
        checked=checked,
        file_types=bool(features & (FILE_TYPES if checked else _FILE_TYPES_OF_VERSION_4)),
    )


def _checked(sector: bytes, version: int, sector_bytes: int) -> bool:
    """Whether it is of version 5, with check sums."""
    if version & 0xF == 4 and version & _FOLDERS_OF_VERSION_2:
        return False
    if version & 0xF != 5:
        raise Unreadable("xfs", f"its version, {version & 0xF}, is not understood")
    if not 512 <= sector_bytes <= len(sector):
        raise Unreadable("xfs", "its superblock contradicts itself")
    check(sector[:sector_bytes], 224)
    (incompatible,) = struct.unpack_from(">I", sector, 216)
    if incompatible & NEEDS_REPAIR:
        raise Unreadable("xfs", "it says that it needs xfs_repair")
    if unknown := incompatible & ~sum(_UNDERSTOOD):
        raise Unreadable("xfs", f"it has features that are not understood ({unknown:#x})")
    return True


def check(structure: bytes, at: int) -> None:
    """Compares a check sum with what it is the sum of.

    Args:
        structure: All of it.
        at: Where in it the sum stands, little-endian.

    Raises:
        Unreadable: They differ.
    """
    (stored,) = struct.unpack_from("<I", structure, at)
    if crc32c(structure[at + 4 :], crc32c(structure[:at] + bytes(4))) != stored:
        raise Unreadable("xfs", "a check sum is wrong")


@dataclass(frozen=True)
class Extent:
    """A run of blocks of a file.

    Args:
        at_block: Where in the file.
        disk_block: Where in the file system, group and block within the group in one number.
        blocks: How many.
        written: If not, they read as zeros.
    """

    at_block: int
    disk_block: int
    blocks: int
    written: bool


def extents(records: bytes) -> Iterator[Extent]:
    """The runs of blocks that packed records describe (xfs_bmbt_rec)."""
    for high, low in struct.iter_unpack(">QQ", records):
        yield Extent(
            at_block=high >> 9 & (1 << 54) - 1,
            disk_block=(high & 0x1FF) << 43 | low >> 21,
            blocks=low & 0x1FFFFF,
            written=not high >> 63,
        )


@dataclass(frozen=True)
class Inode:
    """What XFS keeps of a file, folder or link.

    Args:
        number: Its own.
        mode: Type and permission bits.
        format: Where its content is: 1 in ``fork``, 2 in the extents there, 3 in those of a tree.
        extents: How many extents it has.
        fork: What follows the fixed part: content, extents, or the root of a tree.
    """

    number: int
    mode: int
    format: int
    uid: int
    gid: int
    size_bytes: int
    modified_s: int
    extents: int
    realtime: bool
    fork: bytes


_BIGTIME = 0x8
_LARGE_COUNTERS = 0x10
_BIGTIME_BEGINS_S = -(2**31)


def inode(raw: bytes, number: int, of: Superblock) -> Inode:
    """What stands in an inode.

    Raises:
        Unreadable: It is damaged, or not in use.
    """
    magic, mode, version, how = struct.unpack_from(">2sHBB", raw)
    if magic != b"IN" or version not in (1, 2, 3) or (version == 3) is not of.checked:
        raise Unreadable("xfs", f"inode {number} is damaged")
    flags2 = 0
    begins_at = 100
    if version == 3:
        check(raw, 100)
        (flags2,) = struct.unpack_from(">Q", raw, 120)
        begins_at = 176
        if struct.unpack_from(">Q", raw, 152)[0] != number:
            raise Unreadable("xfs", f"inode {number} is damaged")
    uid, gid = struct.unpack_from(">II", raw, 8)
    (size_bytes,) = struct.unpack_from(">Q", raw, 56)
    large = flags2 & _LARGE_COUNTERS
    (count,) = struct.unpack_from(">Q", raw, 24) if large else struct.unpack_from(">I", raw, 76)
    (attributes_at,) = struct.unpack_from(">B", raw, 82)
    (flags,) = struct.unpack_from(">H", raw, 90)
    ends_at = begins_at + attributes_at * 8 if attributes_at else of.inode_bytes
    return Inode(
        number=number,
        mode=mode,
        format=how,
        uid=uid,
        gid=gid,
        size_bytes=size_bytes,
        modified_s=_seconds(raw[40:48], flags2),
        extents=count,
        realtime=bool(flags & 1),
        fork=raw[begins_at:ends_at],
    )


def _seconds(stamp: bytes, flags2: int) -> int:
    if flags2 & _BIGTIME:
        return int(struct.unpack(">Q", stamp)[0]) // 10**9 + _BIGTIME_BEGINS_S
    return int(struct.unpack(">i", stamp[:4])[0])


def short_folder(fork: bytes, *, file_types: bool) -> Iterator[tuple[bytes, int]]:
    """Names and inode numbers of a folder that fits into its inode (xfs_dir2_sf)."""
    count, wide = fork[0], fork[1]
    number_bytes = 8 if wide else 4
    at = 2 + number_bytes
    for _ in range(count):
        length = fork[at]
        name = fork[at + 3 : at + 3 + length]
        at += 3 + length + file_types
        number = fork[at : at + number_bytes]
        at += number_bytes
        if not length or len(name) != length or len(number) != number_bytes:
            raise Unreadable("xfs", "a folder is damaged")
        yield name, int.from_bytes(number, "big")


def check_folder_block(block: bytes, of: Superblock) -> None:
    """Raises Unreadable if a block of a larger folder is not what it should be."""
    if block[:4] not in ((b"XDB3", b"XDD3") if of.checked else (b"XD2B", b"XD2D")):
        raise Unreadable("xfs", "a folder is damaged")
    if of.checked:
        check(block, 4)


def folder_block(block: bytes, *, file_types: bool) -> Iterator[tuple[bytes, int]]:
    """Names and inode numbers in a block of a larger folder (xfs_dir2_data), which has been checked."""
    at, end = 64 if block[3:4] == b"3" else 16, len(block)
    if block[:4] in (b"XDB3", b"XD2B"):  # the only block: its hashes are at the end
        (hashes,) = struct.unpack_from(">I", block, len(block) - 8)
        end -= 8 + 8 * hashes
    while at < end:
        free, size = struct.unpack_from(">HH", block, at)
        if free == 0xFFFF:
            if size < 8 or size % 8:
                raise Unreadable("xfs", "a folder is damaged")
            at += size
            continue
        number, length = struct.unpack_from(">QB", block, at)
        name = block[at + 9 : at + 9 + length]
        at += -(-(9 + length + file_types + 2) // 8) * 8
        if not length or at > end:
            raise Unreadable("xfs", "a folder is damaged")
        yield name, number
