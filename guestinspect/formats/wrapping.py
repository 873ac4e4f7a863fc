"""Compressed files and archives, known by how they begin. What is installed with ``openstack`` knows none of them.

Sources: RFC 1952 (gzip), RFC 8878 (zstd), the .xz file format 1.2.1, lz4's Frame and Legacy formats, APPNOTE.TXT (zip),
7-Zip's 7zFormat.txt, the RAR 5.0 technical note, POSIX.1-2017 pax (tar, cpio), bzip2's manual, lzip's manual,
lzop's source (conf.h), compress's source, Microsoft's CAB and WIM format papers, file(1)'s magic files.
"""

from __future__ import annotations

import re

_BEGINNINGS = (
    (b"\x1f\x8b\x08", "gzip"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"\x04\x22\x4d\x18", "lz4"),
    (b"\x02\x21\x4c\x18", "lz4"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!\x1a\x07", "rar"),
    (b"LZIP\x01", "lzip"),
    (b"\x89LZO\x00\r\n\x1a\n", "lzop"),
    (b"\x1f\x9d\x90", "compress"),
    (b"MSCF\x00\x00\x00\x00", "cab"),
    (b"MSWIM\x00\x00\x00", "wim"),
    (b"070701", "cpio"),
    (b"070702", "cpio"),
    (b"070707", "cpio"),
    (b"!<arch>\n", "ar"),
)

_BZIP2 = re.compile(rb"BZh[1-9](?:1AY&SY|\x17\x72\x45\x38\x50\x90)")
"""With the mark of its first block, or of its end: ``BZh1`` alone could begin a boot sector or a text."""

_ZSTD_SKIPPABLE = re.compile(rb"[\x50-\x5f]\x2a\x4d\x18(....)", re.DOTALL)
"""A frame without data, which pzstd writes first (RFC 8878, section 3.1.2)."""


def wrapping_of(head: bytes) -> str | None:
    """The kind of compressed file or archive that begins like this, or None.

    Args:
        head: The file's first bytes, no fewer than 512 of them if it has as many.
    """
    for beginning, kind in _BEGINNINGS:
        if head.startswith(beginning):
            return kind
    if _BZIP2.match(head):
        return "bzip2"
    return "zstd" if _begins_with_skippable_frame(head) else "tar" if _is_tar(head[:512]) else None


def _begins_with_skippable_frame(head: bytes) -> bool:
    frame = _ZSTD_SKIPPABLE.match(head)
    return bool(frame) and head[8 + int.from_bytes(head[4:8], "little") :].startswith(b"\x28\xb5\x2f\xfd")


def _is_tar(header: bytes) -> bool:
    """The header's checksum decides: also archives from before POSIX, without ``ustar``, have it."""
    said = re.fullmatch(rb" *([0-7]{1,7})[ \0]*", header[148:156])
    if len(header) < 512 or not said or not header[0]:
        return False
    return int(said[1], 8) == sum(header[:148]) + 8 * ord(" ") + sum(header[156:])
