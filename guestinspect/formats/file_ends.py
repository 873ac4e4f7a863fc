"""The two ends of a disk file, and the fields in them: nearly every fact about the disk is read from these."""

from __future__ import annotations

import struct
import sys
from array import array
from dataclasses import dataclass
from functools import cached_property
from struct import calcsize
from typing import Any, BinaryIO, Protocol

from guestinspect.formats.content import is_kernel
from guestinspect.model.fact import NotYet, Unknown

HEAD_BYTES = 4 * 1024**2
"""Holds the first cluster of any qcow2 (2 MiB at most, with its header and names) and the metadata of a VHDX where
QEMU and Hyper-V put it (at 2 MiB)."""

_CLUSTER_BYTES = 64 * 1024
"""The usual cluster of a qcow2, and enough to detect any format. From a cloud, the rest of the head would be a third of
all bytes that an inspection fetches."""

_BOOT_CODE = (b"\0", b"\xeb", b"\xe9", b"\xfa", b"\xfc", b"\x31", b"\x33")
"""First bytes of boot sectors: no code, jmp, cli, cld, xor ax,ax."""

TAIL_BYTES = 2048
"""Holds a VHD's footer (512 bytes) and the footer and end-of-stream marker of a streamOptimized VMDK (1536 bytes)."""

NOT_ALL_READ = "standard input can be checked only when all of it has been read"


class FileEnds(Protocol):
    """The first ``HEAD_BYTES``, the last ``TAIL_BYTES`` and the size of a file; an end not read yet raises Unknown."""

    @property
    def head(self) -> bytes: ...

    @property
    def tail(self) -> bytes: ...

    @property
    def size_bytes(self) -> int: ...


class LazyFileEnds:
    """The ends of an open file or block device, each read when it is first asked for."""

    def __init__(self, file: BinaryIO, size_bytes: int) -> None:
        self._file = file
        self.size_bytes = size_bytes

    @cached_property
    def head(self) -> bytes:
        first = read(self._file, 0, min(_CLUSTER_BYTES, self.size_bytes))
        if self.size_bytes > HEAD_BYTES and _holds_all_headers(first):
            return first
        return first + read(self._file, len(first), min(HEAD_BYTES, self.size_bytes) - len(first))

    @cached_property
    def tail(self) -> bytes:
        start = max(0, self.size_bytes - TAIL_BYTES)
        return read(self._file, start, self.size_bytes - start)


@dataclass(frozen=True)
class HeadOnly:
    """The beginning of a file that is still being read."""

    head: bytes

    @property
    def tail(self) -> bytes:
        raise NotYet(NOT_ALL_READ)

    @property
    def size_bytes(self) -> int:
        raise NotYet(NOT_ALL_READ)


@dataclass(frozen=True)
class StoredFileEnds:
    """The ends of a file that has been read once."""

    head: bytes
    tail: bytes
    size_bytes: int


def _holds_all_headers(first: bytes) -> bool:
    """Return True if the first 64 KiB of a file hold all headers of its format, so that the rest need not be read.

    A qcow2 has them in its first cluster, of 512 bytes (2^9) to 2 MiB (2^21). Source: QEMU's docs/interop/qcow2.txt,
    field cluster_bits. On a raw disk with a boot sector, GPT and the first descriptor of an ISO lie there; the first
    byte distinguishes a boot sector from the other formats, whose magic numbers begin with a letter. A kernel has a
    boot sector, too; whether the file is also a disk, more of it shows.
    """
    if first.startswith(b"QFI\xfb"):
        return 9 <= int.from_bytes(first[20:24], "big") <= 16
    return first[510:512] == b"\x55\xaa" and first[:1] in _BOOT_CODE and not is_kernel(first)


def read(file: BinaryIO, offset: int, length: int) -> bytes:
    """Return bytes of a file; fewer than requested only at its end (an unbuffered file may give less at a time)."""
    file.seek(offset)
    parts = []
    while length and (part := file.read(length)):
        parts.append(part)
        length -= len(part)
    return b"".join(parts)


class TruncatedField(Unknown):
    """The file ends before a field that its format requires."""


def unpack(fields: str, data: bytes, offset: int = 0) -> tuple[Any, ...]:
    """Return the fields at an offset, as ``struct.unpack_from`` does.

    Args:
        fields: In the notation of ``struct``: ``>IQ``.
        data: The beginning of the file.
        offset: In bytes.

    Raises:
        TruncatedField: The data ends before them.
    """
    try:
        return struct.unpack_from(fields, data, offset)
    except (struct.error, OverflowError):  # OverflowError: the offset is 2^63 or more
        raise TruncatedField(f"its header continues after byte {len(data)}") from None


def unpack_number(field: str, data: bytes, offset: int) -> int:
    """Return one integer field; arguments and errors are those of :func:`unpack`."""
    (value,) = unpack(field, data, offset)
    return int(value)


def unpack_table(field: str, table: bytes) -> array[int]:
    """Return the numbers of a table; an incomplete number at its end is dropped.

    Args:
        field: Byte order and type of each number: ``>Q`` is big-endian, 64 bits.
        table: Its bytes.
    """
    numbers = array(field[1], table[: len(table) // calcsize(field) * calcsize(field)])
    if (field[0] == ">") == (sys.byteorder == "little"):
        numbers.byteswap()
    return numbers


def quote(text: bytes | str) -> str:
    """Return an untrusted text in quotes and in ASCII, so that no control character reaches a terminal."""
    return ascii(text.decode(errors="replace") if isinstance(text, bytes) else text)
