"""The bits of a disk, wherever they are."""

from __future__ import annotations

from typing import Protocol


class Blocks(Protocol):
    """Bytes that can be read anywhere: of an open file, of a pipe to whoever has them, of an image in Glance."""

    size_bytes: int

    def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
        """The bytes from an offset on; fewer only at the end.

        Raises:
            Unreadable: They could not be had.
        """
