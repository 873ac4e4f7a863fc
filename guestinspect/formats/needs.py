"""What a disk's tables need of its file, found by walks that read little and in rising order where they can."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

from guestinspect.model.fact import Unknown


@dataclass(frozen=True)
class Span:
    """Bytes that a walk asks for."""

    offset: int
    length: int

    @property
    def end(self) -> int:
        return self.offset + self.length


Walk = Generator[Span, bytes, None]
"""Asks for spans and is sent their bytes: fewer only where the file ends. So files and streams are walked alike."""


class WentBy(Unknown):
    """A stream had passed the bytes of a table before anything pointed to it."""

    def __init__(self) -> None:
        super().__init__("its tables stand before what points to them, and standard input is read only once")


class Needs:
    """Collects, in constant memory, how far a file must reach and what is broken in it.

    Args:
        end_byte: So far it reaches at least, if that is known: then walks may pass over what lies before.
    """

    def __init__(self, end_byte: int = 0) -> None:
        self.end_byte = end_byte
        self._because = ""
        self._broken: dict[str, None] = {}
        self._obstacle: Unknown | None = None
        self._used_to_byte: int | None = None

    def reach(self, end_byte: int, because: str) -> None:
        """Says that something reaches up to a byte (the first one that it does not need): "its L1 table reaches"."""
        if end_byte > self.end_byte:
            self.end_byte, self._because = end_byte, because

    def broken(self, what: str) -> None:
        """Says that something cannot be right, whatever the file's size."""
        if len(self._broken) < _MAX_BROKEN:
            self._broken[what] = None

    def unseen(self, obstacle: Unknown) -> None:
        """Says that something could not be found out; the first such thing is kept."""
        self._obstacle = self._obstacle or obstacle

    def used_to(self, end_byte: int) -> None:
        """Says that nothing behind a byte is in use, by the file's own account: enough if its tables went by unseen."""
        self._used_to_byte = end_byte

    def obstacle(self, size_bytes: int) -> Unknown | None:
        """What could not be found out and leaves doubts about a file of this size."""
        accounted_for = self._used_to_byte is not None and self._used_to_byte <= size_bytes
        return None if accounted_for and isinstance(self._obstacle, WentBy) else self._obstacle

    def damage(self, size_bytes: int) -> tuple[str, ...]:
        """What is wrong with a file of this size, in words."""
        if self.end_byte <= size_bytes:
            return tuple(self._broken)
        cut = f"it is truncated: {self._because} up to byte {self.end_byte}, the file ends at byte {size_bytes}"
        return (*self._broken, cut)


_MAX_BROKEN = 5
"""Sentences: a broken file can have millions of reasons, and nobody reads more."""
