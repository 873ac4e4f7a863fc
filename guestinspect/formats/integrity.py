"""The damage of a disk file: the bytes that its tables need, and the fields that cannot be right.

Walks over the tables find it, the same along a file and along a stream.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import BinaryIO, TypeAlias

from guestinspect.formats.file_ends import read
from guestinspect.model.fact import Unknown

_MAX_DAMAGE = 5
"""Sentences: a broken file can have millions of reasons, and nobody reads more."""


class AlreadyPassed(Unknown):
    """A stream had passed the bytes of a table before anything pointed to it."""

    def __init__(self) -> None:
        super().__init__("its tables precede what points to them, and standard input can be read only once")


class IntegrityCheck:
    """Collect, in constant memory, how far a file must reach and what is broken in it.

    Args:
        end_byte: The file reaches at least as far, if that is known: walks may then skip what lies before.
    """

    def __init__(self, end_byte: int = 0) -> None:
        self.end_byte = end_byte
        self._reason = ""
        self._damage: dict[str, None] = {}
        self._unknown: Unknown | None = None
        self._used_end_byte: int | None = None

    def require(self, end_byte: int, reason: str) -> None:
        """Record that something occupies the file up to a byte.

        Args:
            end_byte: The first byte that is not needed.
            reason: Subject and verb of a sentence that the byte completes: "its L1 table reaches".
        """
        if end_byte > self.end_byte:
            self.end_byte, self._reason = end_byte, reason

    def add_damage(self, sentence: str) -> None:
        """Record that something cannot be right, whatever the size of the file."""
        if len(self._damage) < _MAX_DAMAGE:
            self._damage[sentence] = None

    def add_unknown(self, unknown: Unknown) -> None:
        """Record that something could not be checked; only the first such reason is kept."""
        self._unknown = self._unknown or unknown

    def set_used_end(self, end_byte: int) -> None:
        """Record that the file itself counts nothing behind a byte as used: enough if a stream passed its tables."""
        self._used_end_byte = end_byte

    def unknown(self, size_bytes: int) -> Unknown | None:
        """Return why a file of this size could not be checked completely, or None if it was."""
        is_accounted_for = self._used_end_byte is not None and self._used_end_byte <= size_bytes
        return None if is_accounted_for and isinstance(self._unknown, AlreadyPassed) else self._unknown

    def damage(self, size_bytes: int) -> tuple[str, ...]:
        """Return what is wrong with a file of this size, as sentences that begin with "it" or "its"."""
        if self.end_byte <= size_bytes:
            return tuple(self._damage)
        cut = f"it is truncated: {self._reason} up to byte {self.end_byte}, the file ends at byte {size_bytes}"
        return (*self._damage, cut)


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
