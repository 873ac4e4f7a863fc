"""Fields of a header, read from bytes that may end too early."""

from __future__ import annotations

import struct
import sys
from array import array
from struct import calcsize
from typing import Any

from guestinspect.model.fact import Unknown


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
