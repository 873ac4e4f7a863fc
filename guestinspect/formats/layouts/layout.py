"""The common part of all disk formats: the facts that each can give about itself."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

from guestinspect.formats.file_ends import FileEnds
from guestinspect.formats.integrity import IntegrityCheck, Walk
from guestinspect.model.fact import Fact, Unknown

HEADER = "header at byte 0"

MAX_VIRTUAL_BYTES = 2**63 - 1
"""8 EiB: sizes are signed 64-bit numbers in QEMU and in the kernel, so no guest has a larger disk."""


class Layout(ABC):
    """The arrangement of a disk in a file, by its format.

    ``name`` is the format in Glance's words; ``location`` says where it was detected.

    Args:
        ends: The two ends of the file.
    """

    name: ClassVar[str]
    location: ClassVar[str] = HEADER

    def __init__(self, ends: FileEnds) -> None:
        self.ends = ends

    @abstractmethod
    def declared_size_bytes(self) -> Fact[int]:
        """Return the virtual size that the file declares, plausible or not."""

    def virtual_size_bytes(self) -> Fact[int]:
        """Return the virtual size.

        Raises:
            Unknown: The declared size is impossible.
        """
        declared = self.declared_size_bytes()
        if not 0 < declared.value <= MAX_VIRTUAL_BYTES:
            raise Unknown(impossible_size_message(declared.value))
        return declared

    def references(self) -> Fact[tuple[str, ...]]:
        """Return what the file refers to outside itself, in words."""
        return Fact((), HEADER)

    def walk(self, integrity: IntegrityCheck) -> Walk:  # noqa: ARG002 - formats with tables override it
        """Walk over the tables; record in ``integrity`` the damage, and how far the file must reach."""
        yield from ()

    def walks(self, integrity: IntegrityCheck) -> tuple[Walk, ...]:
        """Return the walks over the tables; a format with independent tables has several."""
        return (self.walk(integrity),)

    def check_ends(self, integrity: IntegrityCheck) -> None:
        """Record in ``integrity`` the damage that the two ends of the file show."""
        declared = self.declared_size_bytes().value
        if not 0 < declared <= MAX_VIRTUAL_BYTES:
            integrity.add_damage(impossible_size_message(declared))


def impossible_size_message(size_bytes: int) -> str:
    """Return the sentence about a virtual size that no disk has."""
    return f"its header declares a virtual size of {size_bytes} bytes"
