"""The text in a VMDK that names the files with its contents.

Read as QEMU reads it, but without regard to case, and with every doubt counted as a reference: whoever wrote it may
want a file of the machine that opens it.

Source: VMware's Virtual Disk Format 5.0 (technical note), "The Descriptor File"; QEMU's block/vmdk.c.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from guestinspect.formats.fields import quote

MAX_BYTES = 1024**2 - 1
"""QEMU reads no more of a description."""

_MAX_NAMED = 5
"""Files named in words; the others are counted."""

_MAX_NAME_CHARACTERS = 1023

_EXTENT = re.compile(
    r'^[ \t\r]*+(?:rw|rdonly|noaccess)\s++\+?(\d{1,18}+)\s++(\S++)(?:\s++"([^"\r\n]*)|[ \t]++([^\r\n]*))?',
    re.IGNORECASE | re.MULTILINE,
)
"""A line to people. QEMU's ``sscanf`` takes line feeds for spaces, too, so a name may stand on a later line."""

_PARENT = re.compile(r'parentfilenamehint\s*=?\s*"?([^"\r\n]*)', re.IGNORECASE)
"""Anywhere: QEMU looks for the word only."""

_PARENT_ID = re.compile(r"parentcid\s*=\s*(\w+)", re.IGNORECASE)
_NO_PARENT = "ffffffff"
_KIND = re.compile(r"createtype\s*=", re.IGNORECASE)
_BEGINNING = re.compile(rb"# disk descriptorfile|(?:[ \t\r]*+(?:#[^\n]*+)?\n)*+[ \t\r]*+version\s*=", re.IGNORECASE)
"""Its title, or comments and blank lines before a version: what QEMU probes for."""


def is_descriptor(head: bytes) -> bool:
    """Whether a file begins as a description."""
    return bool(_BEGINNING.match(head, 0, MAX_BYTES))


@dataclass(frozen=True)
class VmdkExtent:
    """A line that names a part of the disk; sectors are of 512 bytes."""

    sectors: int
    kind: str
    file: str


class Descriptor:
    """A description, of whatever length its file has room for."""

    def __init__(self, data: bytes) -> None:
        self._text = data.split(b"\0")[0].decode("utf-8", errors="replace")

    @cached_property
    def extents(self) -> tuple[VmdkExtent, ...]:
        """The parts that it names, in their order."""
        found = _EXTENT.finditer(self._text)
        return tuple(VmdkExtent(int(m[1]), m[2].lower(), (m[3] or m[4] or "").strip()) for m in found)

    @property
    def describes_a_disk(self) -> bool:
        """Whether it says the kind of disk: the parts of one in several files have room for a description, but none."""
        return bool(_KIND.search(self._text))

    def files(self) -> Iterator[str]:
        """The files that hold the disk, in words."""
        named = [extent for extent in self.extents if extent.file]
        for extent in named[:_MAX_NAMED]:
            yield f"extent in file {quote(extent.file[:_MAX_NAME_CHARACTERS])}"
        if len(named) > _MAX_NAMED:
            yield f"extents in {len(named) - _MAX_NAMED} other files"

    def foreign_files(self) -> Iterator[str]:
        """The files besides the one that it stands in, in words.

        A sparse file names itself, by the name it had when it was made: one sparse extent without a folder.
        """
        alone = len(self.extents) == 1 and self.extents[0].kind == "sparse"
        if not alone or re.search(r"[/\\:]", self.extents[0].file):
            yield from self.files()

    def parents(self) -> Iterator[str]:
        """The disk of which it holds the differences, in words."""
        if name := _PARENT.search(self._text):
            yield f"parent disk {quote(name[1][:_MAX_NAME_CHARACTERS])}"
        elif any(m[1].lower() != _NO_PARENT for m in _PARENT_ID.finditer(self._text)):
            yield "parent disk"
