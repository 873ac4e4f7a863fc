"""How far the partitions of a GPT reach: a raw disk says nowhere else how long it should be.

Source: UEFI 2.10, section 5.3 (GPT header and partition entry array).
"""

from __future__ import annotations

from zlib import crc32

from guestinspect.formats.fields import unpack, unpack_number

_SECTOR_BYTES = (512, 4096)
_ENTRY_BYTES = 128
_MAX_ENTRIES = 1024
"""Tools make 128. More is not read: no alarm for what nobody has seen."""


def last_partition_end_byte(head: bytes) -> int:
    """Where the last partition ends, in bytes; 0 if no GPT says so with both of its checksums right.

    An MBR has no checksum, and those of hybrid disks lie: it is not asked.
    """
    for sector_bytes in _SECTOR_BYTES:
        header = head[sector_bytes : sector_bytes + 92]
        if header[:8] == b"EFI PART" and len(header) == 92 and _is_intact(header):
            return sector_bytes * _last_lba_after(head, header, sector_bytes)
    return 0


def _is_intact(header: bytes) -> bool:
    size, said = unpack("<II", header, 12)
    return bool(size == len(header) and crc32(header[:16] + bytes(4) + header[20:]) == said)


def _last_lba_after(head: bytes, header: bytes, sector_bytes: int) -> int:
    start_lba, count, entry_bytes, said = unpack("<QIII", header, 72)
    if entry_bytes != _ENTRY_BYTES or count > _MAX_ENTRIES:
        return 0
    start = start_lba * sector_bytes
    entries = head[start : start + count * entry_bytes]
    if len(entries) != count * entry_bytes or crc32(entries) != said:
        return 0
    used = (at for at in range(0, len(entries), entry_bytes) if any(entries[at : at + 16]))
    return max((unpack_number("<Q", entries, at + 40) + 1 for at in used), default=0)
