"""Walks over the tables of a disk, the same along a file and along a stream."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import BinaryIO, TypeAlias

from guestinspect.formats.file_ends import read
from guestinspect.formats.integrity import AlreadyPassed, IntegrityCheck
from guestinspect.model.fact import Unknown


@dataclass(frozen=True)
class ByteRange:
    """Bytes of the file that a walk asks for."""

    offset: int
    length: int

    @property
    def end(self) -> int:
        """The first byte behind the range."""
        return self.offset + self.length


Walk: TypeAlias = Generator[ByteRange, bytes, None]
"""A generator that yields ranges and is sent their bytes: fewer only where the file ends.

Walks read little, and in rising order where they can, so that a stream meets each table once.
"""


class Walker:
    """A walk in progress. What the walk cannot find out is recorded as unknown.

    Args:
        walk: Not started yet.
        integrity: Collects what the walk finds.
    """

    def __init__(self, walk: Walk, integrity: IntegrityCheck) -> None:
        self._walk = walk
        self._integrity = integrity
        self.wanted: ByteRange | None = None
        self._advance(lambda: next(walk))

    def give(self, data: bytes) -> None:
        """Continue with the wanted bytes."""
        self._advance(lambda: self._walk.send(data))

    def give_up(self) -> None:
        """Continue without the wanted bytes: the stream has passed them."""
        self._advance(lambda: self._walk.throw(AlreadyPassed()))

    def _advance(self, step: Callable[[], ByteRange]) -> None:
        try:
            self.wanted = step()
        except StopIteration:
            self.wanted = None
        except Unknown as unknown:
            self._integrity.add_unknown(unknown)
            self.wanted = None


def start_walks(walks: Callable[[IntegrityCheck], tuple[Walk, ...]], integrity: IntegrityCheck) -> tuple[Walker, ...]:
    """Start the walks over a disk; each then waits for its first bytes.

    Args:
        walks: Of a layout.
        integrity: Collects what they find.
    """
    try:
        return tuple(Walker(walk, integrity) for walk in walks(integrity))
    except Unknown as unknown:
        integrity.add_unknown(unknown)
        return ()


def walk_file(walks: Callable[[IntegrityCheck], tuple[Walk, ...]], file: BinaryIO, size_bytes: int) -> IntegrityCheck:
    """Walk over all tables of an open file.

    Args:
        walks: Of the file's layout.
        file: Open for reading, and seekable.
        size_bytes: The size of the file.
    """
    integrity = IntegrityCheck(size_bytes)
    for walker in start_walks(walks, integrity):
        while wanted := walker.wanted:
            inside = max(0, min(wanted.end, size_bytes) - wanted.offset)
            walker.give(read(file, wanted.offset, inside) if inside else b"")
    return integrity
