"""The files of a guest, as the running guest would see them. Whatever reads a guest reads it through this."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from guestinspect.model.fact import Unknown

TEXT_LIMIT_BYTES = 1024**2
"""The longest configuration file that is read, in bytes; the longest of a Debian or Rocky guest has 25 KiB."""


class Type(StrEnum):
    """What a path is."""

    FILE = "file"
    FOLDER = "folder"
    LINK = "link"
    OTHER = "other"


@dataclass(frozen=True)
class Status:
    """What a file system says of a file.

    Args:
        mode: Permission bits.
        modified_s: Seconds since 1970.
    """

    type: Type
    size_bytes: int = 0
    mode: int = 0o644
    uid: int = 0
    gid: int = 0
    modified_s: int = 0


class Unreadable(Unknown):
    """Something is there, or may be, but could not be read. It is never the same as *not there*.

    Args:
        path: In the guest, or the guest's disk.
        why: The reason, as the end of a sentence.
    """

    def __init__(self, path: str, why: str) -> None:
        super().__init__(f"{path} could not be read: {why}")
        self.path = path
        self.reason = why


class Tree(Protocol):
    """The files of a guest.

    Paths are absolute; bytes that are no UTF-8 are surrogates, as in ``os.fsdecode``. Links are followed within the
    guest and never out of it. What cannot be read raises :class:`Unreadable`; what is not there is None or empty.
    """

    def status(self, path: str) -> Status | None:
        """What is at this path, behind its links; None: nothing, or a link to nothing."""

    def link(self, path: str) -> str | None:
        """Where the link at this path points, as it stands there; None: it is no link."""

    def names(self, folder: str) -> tuple[str, ...]:
        """The names in a folder, sorted; empty: there is no such folder."""

    def read(self, path: str, limit_bytes: int = TEXT_LIMIT_BYTES) -> bytes | None:
        """The content of a file; None: there is none. A longer one raises Unreadable."""

    def head(self, path: str, length_bytes: int) -> bytes | None:
        """The beginning of a file, however long it is; None: there is none."""


def lines(tree: Tree, path: str, limit_bytes: int = TEXT_LIMIT_BYTES) -> Iterator[tuple[int, str]]:
    """The lines of a text file, counted from 1, without what ends them; none if there is no such file."""
    content = tree.read(path, limit_bytes)
    if content is not None:
        yield from lines_of(content)


def lines_of(content: bytes) -> Iterator[tuple[int, str]]:
    """The lines of a text, counted from 1. They end where those of the guest's programs do, at line feeds only."""
    text = content.decode("utf-8", "surrogateescape").removesuffix("\n")
    if text or content:
        yield from enumerate(text.split("\n"), 1)


def join_continued(numbered: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """Lines, each with those that continue it (a backslash ends the line before), by the number of the first."""
    begun, parts = 0, list[str]()
    for number, line in numbered:
        begun = begun if parts else number
        parts.append(line.removesuffix("\\"))
        if not line.endswith("\\"):
            yield begun, "".join(parts)
            parts = []
    if parts:
        yield begun, "".join(parts)


def is_file(tree: Tree, path: str) -> bool:
    """Whether there is a file, behind whatever links."""
    status = tree.status(path)
    return status is not None and status.type is Type.FILE
