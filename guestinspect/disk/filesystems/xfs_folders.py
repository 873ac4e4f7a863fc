"""The names and inode numbers in the folders of XFS.

Source: "XFS Algorithms & Data Structures", 3rd edition, chapter "Directories"; fs/xfs/libxfs/xfs_da_format.h of Linux.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from guestinspect.disk.filesystems import xfs_structures as structures
from guestinspect.disk.tree import Unreadable


def short_folder(fork: bytes, *, has_file_types: bool) -> Iterator[tuple[bytes, int]]:
    """The names and inode numbers of a folder that fits into its inode (xfs_dir2_sf).

    Header: the number of entries, the number of those that need 64-bit inode numbers (if any does, all entries have
    them), the parent's inode number. Entry: the name's length, 2 bytes of offset, the name, the file type, the inode.
    """
    count, wide = fork[0], fork[1]
    number_bytes = 8 if wide else 4
    at = 2 + number_bytes
    for _ in range(count):
        length = fork[at]
        name = fork[at + 3 : at + 3 + length]
        at += 3 + length + has_file_types
        number = fork[at : at + number_bytes]
        at += number_bytes
        if not length or len(name) != length or len(number) != number_bytes:
            raise Unreadable("xfs", "a folder is damaged")
        yield name, int.from_bytes(number, "big")


def check_folder_block(block: bytes, superblock: structures.Superblock) -> None:
    """Verify the magic number and the checksum of a block of a larger folder.

    Raises:
        Unreadable: The block is damaged.
    """
    if block[:4] not in ((b"XDB3", b"XDD3") if superblock.has_checksums else (b"XD2B", b"XD2D")):
        raise Unreadable("xfs", "a folder is damaged")
    if superblock.has_checksums:
        structures.check(block, 4)  # hdr.crc


def folder_block(block: bytes, *, has_file_types: bool) -> Iterator[tuple[bytes, int]]:
    """The names and inode numbers in a verified block of a larger folder (xfs_dir2_data).

    Used entry: inode, the name's length, the name, the file type, padding, 2 bytes of tag; aligned to 8 bytes. Unused
    space begins with 0xFFFF and its length.
    """
    at, end = 64 if block[3:4] == b"3" else 16, len(block)
    if block[:4] in (b"XDB3", b"XD2B"):
        # The only block of its folder: the hashes, 8 bytes each, stand at its end, and behind them their number.
        (hashes,) = struct.unpack_from(">I", block, len(block) - 8)
        end -= 8 + 8 * hashes
    while at < end:
        free, size = struct.unpack_from(">HH", block, at)
        if free == 0xFFFF:
            if size < 8 or size % 8:  # a length of 0 would never end
                raise Unreadable("xfs", "a folder is damaged")
            at += size
            continue
        number, length = struct.unpack_from(">QB", block, at)
        name = block[at + 9 : at + 9 + length]
        at += -(-(9 + length + has_file_types + 2) // 8) * 8
        if not length or at > end:
            raise Unreadable("xfs", "a folder is damaged")
        yield name, number
