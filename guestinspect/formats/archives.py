"""Compressed files and archives, recognized by their first bytes. The libraries installed with ``openstack`` know none.

Sources: RFC 1952 (gzip), RFC 8878 (zstd), the .xz file format 1.2.1, lz4's Frame and Legacy formats, APPNOTE.TXT (zip),
7-Zip's 7zFormat.txt, the RAR 5.0 technical note, POSIX.1-2017 pax (tar, cpio), bzip2's manual, lzip's manual,
lzop's source (conf.h), compress's source, Microsoft's CAB and WIM format papers, file(1)'s magic files.
"""

from __future__ import annotations

import re
import tarfile
from contextlib import suppress
from io import BytesIO

_ZSTD = b"\x28\xb5\x2f\xfd"
_MAGIC_NUMBERS = (
    (b"\x1f\x8b\x08", "gzip"),
    (b"\xfd7zXZ\x00", "xz"),
    (_ZSTD, "zstd"),
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
"""The magic number and that of the first block, or of the end: ``BZh1`` alone could begin a boot sector or a text."""

_LHA = re.compile(rb"..-lh[0-7d]-", re.DOTALL)
"""The length and the checksum of the header, then the method. Source: LHA's header.doc.euc; ``file``'s magic."""

_ZSTD_SKIPPABLE = re.compile(rb"[\x50-\x5f]\x2a\x4d\x18(....)", re.DOTALL)
"""A frame without data and its length in bytes; pzstd writes one first (RFC 8878, section 3.1.2)."""


def find_archive_kind(head: bytes) -> str | None:
    """Return the kind of compressed file or archive that begins with these bytes: "gzip"; None: neither.

    Args:
        head: The first bytes of the file, at least 512 if it has as many.
    """
    for magic, kind in _MAGIC_NUMBERS:
        if head.startswith(magic):
            return kind
    if _BZIP2.match(head):
        return "bzip2"
    frame = _ZSTD_SKIPPABLE.match(head)
    if frame and head[8 + int.from_bytes(frame[1], "little") :].startswith(_ZSTD):
        return "zstd"
    if _LHA.match(head):
        return "lha"
    return "tar" if _is_tar(head[:512]) else None


def has_ovf(head: bytes) -> bool:
    """Check whether a tar archive begins with an OVF descriptor. It is the first file: DSP0243, section 5.2.

    Args:
        head: The first bytes of the archive.
    """
    # Hostile bytes make tarfile raise anything, and the head may end within a file.
    with suppress(Exception), tarfile.open(fileobj=BytesIO(head), mode="r:") as archive:
        while member := archive.next():
            if member.isfile() and member.name.lower().endswith(".ovf"):
                return True
    return False


def _is_tar(header: bytes) -> bool:
    """Check whether a header has tar's checksum: archives from before POSIX lack the magic number ``ustar``.

    The checksum is the sum of the header's bytes, its own 8 bytes counted as spaces. Source: POSIX.1-2017, pax.
    """
    checksum = re.fullmatch(rb" *([0-7]{1,7})[ \0]*", header[148:156])
    if len(header) < 512 or not checksum or not header[0]:
        return False
    return int(checksum[1], 8) == sum(header[:148]) + 8 * ord(" ") + sum(header[156:])
