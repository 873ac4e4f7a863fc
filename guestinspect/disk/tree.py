"""The files of a guest, as the running guest sees them: the only interface through which a guest is read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from guestinspect.model.fact import Unknown

TEXT_LIMIT_BYTES = 1024**2
"""The longest configuration file that is read; the longest of a Debian or Rocky guest has 25 KiB."""


class Type(StrEnum):
    """The type of the object at a path."""

    FILE = "file"
    FOLDER = "folder"
    LINK = "link"
    OTHER = "other"


@dataclass(frozen=True)
class Status:
    """The status of a file, as of stat(2).

    Args:
        type: File, folder, link or something else.
        size_bytes: The length of a file.
        mode: The permission bits.
        uid: The owner.
        gid: The group.
        modified_s: The last change, in seconds since 1970.
    """

    type: Type
    size_bytes: int = 0
    mode: int = 0o644
    uid: int = 0
    gid: int = 0
    modified_s: int = 0


class Unreadable(Unknown):
    """An object that exists, or may exist, but could not be read. It is never treated as missing.

    Args:
        path: A path in the guest, or another name of the object: "the disk".
        why: The reason, as a clause after a colon.
    """

    def __init__(self, path: str, why: str) -> None:
        super().__init__(f"{path} could not be read: {why}")
        self.path = path
        self.reason = why


class Tree(Protocol):
    """The files of a guest.

    Paths are absolute. Bytes that are not UTF-8 become surrogates, as with ``os.fsdecode``. Links are followed inside
    the guest and never lead outside. Every method raises :class:`Unreadable` for an object that cannot be read.
    """

    def status(self, path: str) -> Status | None:
        """Return the status of the object at a path, after following links; None: nothing exists there."""

    def link(self, path: str) -> str | None:
        """Return the target of the link at a path, as it is stored; None: the object is not a link."""

    def names(self, folder: str) -> tuple[str, ...]:
        """Return the names in a folder, sorted; empty if the folder does not exist."""

    def read(self, path: str, limit_bytes: int = TEXT_LIMIT_BYTES) -> bytes | None:
        """Return the content of a file; None: it does not exist. A file that exceeds the limit raises Unreadable."""

    def head(self, path: str, length_bytes: int) -> bytes | None:
        """Return the first bytes of a file of any length; None: it does not exist."""

    def part(self, path: str, offset_bytes: int, length_bytes: int) -> bytes | None:
        """Return the bytes of a file from an offset on, fewer only at its end; None: it does not exist."""


def lines(tree: Tree, path: str, limit_bytes: int = TEXT_LIMIT_BYTES) -> Iterator[tuple[int, str]]:
    """The lines of a text file with their numbers, from 1, without line ends; none if the file does not exist."""
    content = tree.read(path, limit_bytes)
    if content is not None:
        yield from lines_of(content)


def lines_of(content: bytes) -> Iterator[tuple[int, str]]:
    """The lines of a text with their numbers, from 1. A line ends at a line feed only, as for the guest's programs."""
    text = content.decode("utf-8", "surrogateescape").removesuffix("\n")
    if text or content:
        yield from enumerate(text.split("\n"), 1)


def join_continued(numbered: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """Lines joined with their continuations, numbered by the first: a backslash at the end of a line continues it."""
    first, parts = 0, list[str]()
    for number, line in numbered:
        first = first if parts else number
        parts.append(line.removesuffix("\\"))
        if not line.endswith("\\"):
            yield first, "".join(parts)
            parts = []
    if parts:
        yield first, "".join(parts)


def is_file(tree: Tree, path: str) -> bool:
    """Return True if a path leads to a file, after following links."""
    status = tree.status(path)
    return status is not None and status.type is Type.FILE
