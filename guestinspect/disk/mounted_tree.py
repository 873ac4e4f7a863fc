"""The files of a whole guest: its root file system, and the others where the guest mounts them."""

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
    """An object at a path without links."""

    path: str
    filesystem: FileSystem
    node: Node
    status: Status


class MountedTree:
    """The Tree of a guest.

    Args:
        root: The root file system.
        mounts: The mounted file systems, by path. Below one that could not be read, everything is unreadable.
    """

    def __init__(self, root: FileSystem, mounts: Mapping[str, FileSystem | Unreadable] | None = None) -> None:
        self._mounts: Mapping[str, FileSystem | Unreadable] = {"/": root, **(mounts or {})}
        self._places: dict[str, _Place | Unreadable | None] = {}

    def status(self, path: str) -> Status | None:
        place = self._resolve(path)
        return place.status if place else None

    def link(self, path: str) -> str | None:
        place = self._resolve(path, follow_last=False)
        if place is None or place.status.type is not Type.LINK:
            return None
        with _errors_name(path):
            return place.filesystem.link(place.node)

    def names(self, folder: str) -> tuple[str, ...]:
        place = self._resolve(folder)
        if place is None or place.status.type is not Type.FOLDER:
            return ()
        with _errors_name(folder):
            names = place.filesystem.names(place.node)
            # A damaged folder may contain names that no program could have created.
            valid = (name for name in names if name not in ("", ".", "..") and "/" not in name and "\0" not in name)
            return tuple(sorted(valid))

    def read(self, path: str, limit_bytes: int = TEXT_LIMIT_BYTES) -> bytes | None:
        place = self._file(path)
        if place is None:
            return None
        if place.status.size_bytes > min(limit_bytes, FILE_BYTES):
            raise Unreadable(path, f"it is longer than {min(limit_bytes, FILE_BYTES)} bytes")
        return self._content(path, place, 0, place.status.size_bytes)

    def head(self, path: str, length_bytes: int) -> bytes | None:
        place = self._file(path)
        if place is None:
            return None
        return self._content(path, place, 0, min(length_bytes, FILE_BYTES, place.status.size_bytes))

    def part(self, path: str, offset_bytes: int, length_bytes: int) -> bytes | None:
        place = self._file(path)
        if place is None:
            return None
        remaining = max(0, place.status.size_bytes - offset_bytes)
        return self._content(path, place, offset_bytes, min(length_bytes, FILE_BYTES, remaining))

    def _file(self, path: str) -> _Place | None:
        place = self._resolve(path)
        return place if place and place.status.type is Type.FILE else None

    @staticmethod
    def _content(path: str, place: _Place, offset_bytes: int, length_bytes: int) -> bytes:
        pieces = []
        end = offset_bytes + length_bytes
        with _errors_name(path):
            for at in range(offset_bytes, end, PIECE_BYTES):
                pieces.append(place.filesystem.read(place.node, at, min(PIECE_BYTES, end - at)))
        content = b"".join(pieces)
        if len(content) != length_bytes:
            raise Unreadable(path, f"it ends after {len(content)} of {length_bytes} bytes")
        return content

    def _resolve(self, path: str, *, follow_last: bool = True) -> _Place | None:
        """Return the object at a path; None: nothing exists there. A chain of more links than Linux follows is nothing.

        Source: path_resolution(7).

        Args:
            path: With or without links.
            follow_last: Follow a link that is the last component, too.
        """
        ahead = [part for part in reversed(path.split("/")) if part not in ("", ".")]  # the next component is the last
        here = self._find_place("/", path)
        links = 0
        while ahead and here is not None:
            if here.status.type is not Type.FOLDER:
                return None
            part = ahead.pop()
            if part == "..":  # above the root is the root; the path has no links left, so its text can be shortened
                here = self._find_place(posixpath.dirname(here.path), path)
                continue
            there = self._find_place(posixpath.join(here.path, part), path)
            if there is None or there.status.type is not Type.LINK or not (ahead or follow_last):
                here = there
                continue
            links += 1
            if links > LINKS_FOLLOWED:
                return None
            with _errors_name(path):
                target = there.filesystem.link(there.node)
            ahead.extend(part for part in reversed(target.split("/")) if part not in ("", "."))
            here = self._find_place("/", path) if target.startswith("/") else here
        return here

    def _find_place(self, real: str, requested: str) -> _Place | None:
        """Return the object at a path whose folders are not links; None: nothing exists there. Results are cached.

        Args:
            real: That path.
            requested: The path that the caller of the tree gave, for the error message.
        """
        if real not in self._places:
            if len(self._places) > PLACES_KEPT:
                self._places.clear()
            try:
                self._places[real] = self._look_up(real)
            except Unreadable as unreadable:
                self._places[real] = unreadable
        place = self._places[real]
        if isinstance(place, Unreadable):
            raise Unreadable(requested, place.reason)
        return place

    def _look_up(self, real: str) -> _Place | None:
        filesystem = self._mounts.get(real)
        if filesystem is not None:
            if isinstance(filesystem, Unreadable):
                raise filesystem
            node: Node | None = filesystem.root()
        else:
            folder = self._find_place(posixpath.dirname(real), real)
            if folder is None or folder.status.type is not Type.FOLDER:
                return None
            filesystem = folder.filesystem
            node = filesystem.lookup(folder.node, posixpath.basename(real))
        return None if node is None else _Place(real, filesystem, node, filesystem.status(node))


@contextmanager
def _errors_name(path: str) -> Iterator[None]:
    """Put the path into the errors of a file system, which does not know paths."""
    try:
        yield
    except Unreadable as unreadable:
        raise Unreadable(path, unreadable.reason) from unreadable
