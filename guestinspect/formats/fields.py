"""Fields of a header, read from bytes that may end too soon."""

from __future__ import annotations

import struct
import sys
from array import array
from struct import calcsize
from typing import Any

from guestinspect.model.fact import Unknown


class CutShort(Unknown):
    """The file ends before a field that its format must have."""


def unpack(fields: str, data: bytes, offset: int = 0) -> tuple[Any, ...]:
    """Fields at an offset, as ``struct.unpack_from``.

    Raises:
        CutShort: The data ends before them.
    """
    try:
        return struct.unpack_from(fields, data, offset)
    except (struct.error, OverflowError):  # the latter: an offset of 2^63 or more
        raise CutShort(f"its header goes on behind byte {len(data)}") from None


def number(field: str, data: bytes, offset: int) -> int:
    """One integer field; raises CutShort as ``unpack`` does."""
    (value,) = unpack(field, data, offset)
    return int(value)


def quoted(text: bytes | str) -> str:
    """A stranger's text, so that it can do no harm in a sentence or on a terminal."""
    return ascii(text.decode(errors="replace") if isinstance(text, bytes) else text)


def numbers(field: str, table: bytes) -> array[int]:
    """The numbers of a table (``>Q``: big-endian, 64 bits); what is left over at its end is dropped."""
    found = array(field[1], table[: len(table) // calcsize(field) * calcsize(field)])
    if (field[0] == ">") == (sys.byteorder == "little"):
        found.byteswap()
    return found
