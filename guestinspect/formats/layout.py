"""What each format of a disk can tell of itself."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

from guestinspect.formats.ends import Ends
from guestinspect.formats.needs import Needs, Walk
from guestinspect.model.fact import Fact, Unknown

HEADER = "header at byte 0"

MAX_VIRTUAL_BYTES = 2**63 - 1
"""8 EiB: sizes are signed 64-bit numbers in QEMU and in the kernel, so no guest has a larger disk."""


class Layout(ABC):
    """How a format lays a disk out in a file.

    ``name`` is the format in Glance's words, ``location`` where it can be seen.

    Args:
        ends: The file's two ends.
    """

    name: ClassVar[str]
    location: ClassVar[str] = HEADER

    def __init__(self, ends: Ends) -> None:
        self.ends = ends

    @abstractmethod
    def said_size_bytes(self) -> Fact[int]:
        """The virtual size as the file says it, believable or not."""

    def virtual_size_bytes(self) -> Fact[int]:
        """The virtual size; raises Unknown if what the file says cannot be."""
        said = self.said_size_bytes()
        if not 0 < said.value <= MAX_VIRTUAL_BYTES:
            raise Unknown(impossible_size(said.value))
        return said

    def references(self) -> Fact[tuple[str, ...]]:
        """What it refers to outside itself, in words."""
        return Fact((), HEADER)

    def walks(self, needs: Needs) -> tuple[Walk, ...]:
        """Walks over its tables, independent of each other, that tell ``needs`` what they find."""
        return ()

    def judge_ends(self, needs: Needs) -> None:
        """Tells ``needs`` what the file's two ends show."""
        said = self.said_size_bytes().value
        if not 0 < said <= MAX_VIRTUAL_BYTES:
            needs.broken(impossible_size(said))


def impossible_size(size_bytes: int) -> str:
    return f"its header says a virtual size of {size_bytes} bytes"
