"""The descriptor of a VMDK: a text that names the files with the contents of the disk.

It is read as QEMU reads it, but ignoring case, and whatever may be a reference counts as one: the author of a
descriptor may want to obtain a file of the machine that opens the disk.

Source: VMware's Virtual Disk Format 5.0 (technical note), "The Descriptor File"; QEMU's block/vmdk.c.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from guestinspect.formats.file_ends import quote

MAX_BYTES = 1024**2 - 1
"""QEMU reads no more of a descriptor."""

_MAX_NAMED = 5
"""Files listed by name; the others are counted."""

_MAX_NAME_CHARACTERS = 1023

_EXTENT = re.compile(
    r'^[ \t\r]*+(?:rw|rdonly|noaccess)\s++\+?(\d{1,18}+)\s++(\S++)(?:\s++"([^"\r\n]*)|[ \t]++([^\r\n]*))?',
    re.IGNORECASE | re.MULTILINE,
)
"""Access, size in sectors, type, file name. People write one line for each; to the ``sscanf`` of QEMU a line feed is a
space, so that the name may stand on a later line.

The possessive quantifiers (``*+``, ``++``) prevent backtracking, which hostile descriptors would make quadratic.
"""

_PARENT = re.compile(r'parentfilenamehint\s*=?\s*"?([^"\r\n]*)', re.IGNORECASE)
"""Anywhere in a line: QEMU searches the word only."""

_PARENT_ID = re.compile(r"parentcid\s*=\s*(\w+)", re.IGNORECASE)
_NO_PARENT = "ffffffff"
_KIND = re.compile(r"createtype\s*=", re.IGNORECASE)
_BEGINNING = re.compile(rb"# disk descriptorfile|(?:[ \t\r]*+(?:#[^\n]*+)?\n)*+[ \t\r]*+version\s*=", re.IGNORECASE)
"""The title, or comments and blank lines before a version: QEMU probes for both (vmdk_probe)."""


def is_descriptor(head: bytes) -> bool:
    """Return True if a file begins as a descriptor."""
    return bool(_BEGINNING.match(head, 0, MAX_BYTES))


@dataclass(frozen=True)
class VmdkExtent:
    """A line that names a part of the disk.

    Args:
        sectors: Its size in sectors of 512 bytes.
        kind: In lower case: "flat", "sparse", "zero", "vmfs".
        file: The name as the descriptor gives it; empty for a part without a file ("zero").
    """

    sectors: int
    kind: str
    file: str


class Descriptor:
    """A descriptor.

    Args:
        data: The room for it in its file; the text ends at the first zero byte.
    """

    def __init__(self, data: bytes) -> None:
        self._text = data.split(b"\0")[0].decode("utf-8", errors="replace")

    @cached_property
    def extents(self) -> tuple[VmdkExtent, ...]:
        """The parts that it names, in their order."""
        matches = _EXTENT.finditer(self._text)
        return tuple(VmdkExtent(int(m[1]), m[2].lower(), (m[3] or m[4] or "").strip()) for m in matches)

    @property
    def describes_a_disk(self) -> bool:
        """True if it gives the kind of disk. In one part of a disk in several files, the room for it is empty."""
        return bool(_KIND.search(self._text))

    def files(self) -> Iterator[str]:
        """The files that hold the disk, in words."""
        named = [extent for extent in self.extents if extent.file]
        for extent in named[:_MAX_NAMED]:
            yield f"extent in file {quote(extent.file[:_MAX_NAME_CHARACTERS])}"
        if len(named) > _MAX_NAMED:
            yield f"extents in {len(named) - _MAX_NAMED} other files"

    def foreign_files(self) -> Iterator[str]:
        """The files other than the one that contains the descriptor, in words.

        A sparse file names itself, possibly by an older name: as its only extent, sparse, and without a folder.
        """
        is_alone = len(self.extents) == 1 and self.extents[0].kind == "sparse"
        if not is_alone or re.search(r"[/\\:]", self.extents[0].file):
            yield from self.files()

    def parents(self) -> Iterator[str]:
        """The disk of which this one holds the differences, in words."""
        if name := _PARENT.search(self._text):
            yield f"parent disk {quote(name[1][:_MAX_NAME_CHARACTERS])}"
        elif any(m[1].lower() != _NO_PARENT for m in _PARENT_ID.finditer(self._text)):
            yield "parent disk"
