"""The damage of a disk file: the bytes that its tables need, and the fields that cannot be right."""

from __future__ import annotations

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
