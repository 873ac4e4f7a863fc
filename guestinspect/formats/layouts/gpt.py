"""The end of the last partition of a GPT: nothing else says how long a raw disk should be.

Source: UEFI 2.10, section 5.3 (GPT header and partition entry array).
"""

from __future__ import annotations

from zlib import crc32

from guestinspect.formats.file_ends import unpack, unpack_number

_SECTOR_BYTES = (512, 4096)
_HEADER_BYTES = 92
_ENTRY_BYTES = 128
_MAX_ENTRIES = 1024
"""Tools make 128. A longer table is ignored: a false alarm would be worse than none."""


def last_partition_end_byte(head: bytes) -> int:
    """Return the byte at which the last partition ends; 0 without a GPT, or if one of its two checksums is wrong.

    An MBR is not read for this: it has no checksum, and the one of a hybrid disk does not tell the truth.

    Args:
        head: The beginning of the disk, with the GPT header and its entries.
    """
    for sector_bytes in _SECTOR_BYTES:
        header = head[sector_bytes : sector_bytes + _HEADER_BYTES]
        if header[:8] == b"EFI PART" and len(header) == _HEADER_BYTES:
            size, checksum = unpack("<II", header, 12)
            # HeaderCRC32 is computed with its own field, bytes 16 to 19, as zeros.
            if size == _HEADER_BYTES and crc32(header[:16] + bytes(4) + header[20:]) == checksum:
                return sector_bytes * _end_lba(head, header, sector_bytes)
    return 0


def _end_lba(head: bytes, header: bytes, sector_bytes: int) -> int:
    """Return the sector behind the last partition; 0 if the entries are damaged or unusual."""
    # Fields from byte 72: PartitionEntryLBA, NumberOfPartitionEntries, SizeOfPartitionEntry, their CRC-32.
    entries_lba, count, entry_bytes, checksum = unpack("<QIII", header, 72)
    if entry_bytes != _ENTRY_BYTES or count > _MAX_ENTRIES:
        return 0
    start = entries_lba * sector_bytes
    entries = head[start : start + count * entry_bytes]
    if len(entries) != count * entry_bytes or crc32(entries) != checksum:
        return 0
    # An entry without a partition type GUID (its first 16 bytes) is unused. EndingLBA, at byte 40, is inclusive.
    used = (at for at in range(0, len(entries), entry_bytes) if any(entries[at : at + 16]))
    return max((unpack_number("<Q", entries, at + 40) + 1 for at in used), default=0)
