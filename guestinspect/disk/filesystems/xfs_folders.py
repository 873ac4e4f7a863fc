"""The names and inode numbers in the folders of XFS.

Source: "XFS Algorithms & Data Structures", 3rd edition, chapter "Directories"; fs/xfs/libxfs/xfs_da_format.h of Linux.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from guestinspect.disk.filesystems import xfs_structures as structures
from guestinspect.disk.tree import Unreadable


def short_folder(folder: structures.Inode, *, has_file_types: bool) -> Iterator[tuple[bytes, int]]:
    """The names and inode numbers of a folder that fits into its inode (xfs_dir2_sf).

    Header: the number of entries, the number of those that need 64-bit inode numbers (if any does, all entries have
    them), the parent's inode number. Entry: the name's length, 2 bytes of offset, the name, the file type, the inode.

    Raises:
        Unreadable: An entry reaches beyond the inode.
    """
    fork = folder.fork
    count, wide = fork[0], fork[1]
    number_bytes = 8 if wide else 4
    at = 2 + number_bytes
    for index in range(count):
        length = fork[at] if at < len(fork) else 0
        name = fork[at + 3 : at + 3 + length]
        at += 3 + length + has_file_types
        number = fork[at : at + number_bytes]
        at += number_bytes
        if not length or len(name) != length or len(number) != number_bytes:
            raise Unreadable("xfs", f"entry {index + 1} of {count} in the folder of inode {folder.number} is damaged")
        yield name, int.from_bytes(number, "big")


@dataclass(frozen=True)
class FolderBlock:
    """A block of a folder that does not fit into its inode (xfs_dir2_data).

    Args:
        inode: The inode number of the folder.
        at: The first byte of the block, counted in the folder.
        content: The bytes of the block.
    """

    inode: int
    at: int
    content: bytes

    @property
    def name(self) -> str:
        """The name for messages."""
        return f"the folder of inode {self.inode}, at byte {self.at},"

    def check(self, *, has_checksums: bool) -> None:
        """Verify the magic number and the checksum.

        Raises:
            Unreadable: One of them is wrong.
        """
        if self.content[:4] not in ((b"XDB3", b"XDD3") if has_checksums else (b"XD2B", b"XD2D")):
            raise Unreadable("xfs", f"{self.name} has a wrong magic number")
        if has_checksums:
            structures.check(self.content, 4, self.name)  # hdr.crc

    def entries(self, *, has_file_types: bool) -> Iterator[tuple[bytes, int]]:
        """The names and inode numbers in the block, which must have been verified.

        Used entry: inode, the name's length, the name, the file type, padding, 2 bytes of tag; aligned to 8 bytes.
        Unused space begins with 0xFFFF and its length.

        Raises:
            Unreadable: The length of an entry is wrong.
        """
        block = self.content
        at, end = 64 if block[3:4] == b"3" else 16, len(block)
        if block[:4] in (b"XDB3", b"XD2B"):
            # The only block of its folder: the hashes, 8 bytes each, stand at its end, and behind them their number.
            (hashes,) = struct.unpack_from(">I", block, len(block) - 8)
            end -= 8 + 8 * hashes
        while at < end:
            begin = at
            free, size = struct.unpack_from(">HH", block, at)
            if free == 0xFFFF:
                at += size
                is_valid = size >= 8 and size % 8 == 0  # a length of 0 would never end
            else:
                number, length = struct.unpack_from(">QB", block, at)
                name = block[at + 9 : at + 9 + length]
                at += -(-(9 + length + has_file_types + 2) // 8) * 8
                is_valid = length > 0 and at <= end
            if not is_valid:
                raise Unreadable("xfs", f"{self.name} has a damaged entry (byte {begin} of the block)")
            if free != 0xFFFF:
                yield name, number
