"""The files of a whole guest: its root file system, with the others laid over it where the guest mounts them."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from guestinspect.disk.filesystems.filesystem import FileSystem, Node
from guestinspect.disk.limits import FILE_BYTES, LINKS_FOLLOWED, PIECE_BYTES, PLACES_KEPT
from guestinspect.disk.tree import TEXT_LIMIT_BYTES, Status, Type, Unreadable


@dataclass(frozen=True)
class _Place:
    """Something at a path without links in it."""

    path: str
    filesystem: FileSystem
    node: Node
    status: Status


class MountedTree:
    """A guest's Tree.

    Args:
        root: Its root file system.
        mounts: What is mounted, by path; a file system that could not be read makes what is below it unreadable.
    """

    def __init__(self, root: FileSystem, mounts: Mapping[str, FileSystem | Unreadable] | None = None) -> None:
        self._mounts: Mapping[str, FileSystem | Unreadable] = {"/": root, **(mounts or {})}
        self._places: dict[str, _Place | Unreadable | None] = {}

    def status(self, path: str) -> Status | None:
        place = self._behind_links(path)
        return place.status if place else None

    def link(self, path: str) -> str | None:
        place = self._walked(path, follow_last=False)
        if place is None or place.status.type is not Type.LINK:
            return None
        with _naming(path):
            return place.filesystem.link(place.node)

    def names(self, folder: str) -> tuple[str, ...]:
        place = self._behind_links(folder)
        if place is None or place.status.type is not Type.FOLDER:
            return ()
        with _naming(folder):
            return tuple(sorted(name for name in place.filesystem.names(place.node) if _is_name(name)))

    def read(self, path: str, limit_bytes: int = TEXT_LIMIT_BYTES) -> bytes | None:
        place = self._file(path)
        if place is None:
            return None
        if place.status.size_bytes > min(limit_bytes, FILE_BYTES):
            raise Unreadable(path, f"it is longer than {min(limit_bytes, FILE_BYTES)} bytes")
        return self._content(path, place, place.status.size_bytes)

    def head(self, path: str, length_bytes: int) -> bytes | None:
        place = self._file(path)
        if place is None:
            return None
        return self._content(path, place, min(length_bytes, FILE_BYTES, place.status.size_bytes))

    def _file(self, path: str) -> _Place | None:
        place = self._behind_links(path)
        return place if place and place.status.type is Type.FILE else None

    @staticmethod
    def _content(path: str, place: _Place, length_bytes: int) -> bytes:
        pieces = []
        with _naming(path):
            for at in range(0, length_bytes, PIECE_BYTES):
                pieces.append(place.filesystem.read(place.node, at, min(PIECE_BYTES, length_bytes - at)))
        content = b"".join(pieces)
        if len(content) != length_bytes:
            raise Unreadable(path, "it ends before its end")
        return content

    def _behind_links(self, path: str) -> _Place | None:
        return self._walked(path, follow_last=True)

    def _walked(self, path: str, *, follow_last: bool) -> _Place | None:
        """What is at a path; None: nothing, or a link to nothing. So many links that Linux gives up lead to nothing.

        Source: path_resolution(7).
        """
        ahead = [part for part in reversed(path.split("/")) if part not in ("", ".")]
        here = self._place("/", path)
        links = 0
        while ahead and here is not None:
            if here.status.type is not Type.FOLDER:
                return None
            part = ahead.pop()
            if part == "..":
                here = self._place(posixpath.dirname(here.path), path)
                continue
            there = self._place(posixpath.join(here.path, part), path)
            if there is None or there.status.type is not Type.LINK or not (ahead or follow_last):
                here = there
                continue
            links += 1
            if links > LINKS_FOLLOWED:
                return None
            with _naming(path):
                target = there.filesystem.link(there.node)
            ahead.extend(part for part in reversed(target.split("/")) if part not in ("", "."))
            here = self._place("/", path) if target.startswith("/") else here
        return here

    def _place(self, real: str, asked: str) -> _Place | None:
        """What is at a path whose folder has no links in it.

        Args:
            real: That path.
            asked: What whoever asks calls it.
        """
        if real not in self._places:
            if len(self._places) > PLACES_KEPT:
                self._places.clear()
            try:
                self._places[real] = self._found(real)
            except Unreadable as unreadable:
                self._places[real] = unreadable
        place = self._places[real]
        if isinstance(place, Unreadable):
            raise Unreadable(asked, place.reason)
        return place

    def _found(self, real: str) -> _Place | None:
        filesystem = self._mounts.get(real)
        if filesystem is not None:
            if isinstance(filesystem, Unreadable):
                raise filesystem
            node: Node | None = filesystem.root()
        else:
            folder = self._place(posixpath.dirname(real), real)
            if folder is None or folder.status.type is not Type.FOLDER:
                return None
            filesystem = folder.filesystem
            node = filesystem.lookup(folder.node, posixpath.basename(real))
        return None if node is None else _Place(real, filesystem, node, filesystem.status(node))


def _is_name(name: str) -> bool:
    """Whether a name can be one: what a damaged folder gives may be none."""
    return bool(name) and "/" not in name and "\0" not in name and name not in (".", "..")


@contextmanager
def _naming(path: str) -> Iterator[None]:
    """Names the path in what could not be read, where a file system knows none."""
    try:
        yield
    except Unreadable as unreadable:
        raise Unreadable(path, unreadable.reason) from unreadable
