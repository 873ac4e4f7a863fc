"""Guests in memory: a few files by their paths, for all tests that read a guest."""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Mapping
from dataclasses import replace

from guestinspect.disk.tree import TEXT_LIMIT_BYTES, Status, Type, Unreadable

_MOST_LINKS = 40


class MemoryTree:
    """The files of a guest.

    Args:
        files: Content by path; the folders above exist, too. A path that ends in ``/`` is an empty folder.
        links: Targets of links, by path.
        statuses: Status of a file with an unusual mode or owner, by path.
        unreadable: Paths of files and folders that cannot be read.
    """

    def __init__(
        self,
        files: Mapping[str, str | bytes] | None = None,
        *,
        links: Mapping[str, str] | None = None,
        statuses: Mapping[str, Status] | None = None,
        unreadable: Collection[str] = (),
    ) -> None:
        self._files = {
            path: content.encode("utf-8", "surrogateescape") if isinstance(content, str) else content
            for path, content in (files or {}).items()
            if not path.endswith("/")
        }
        self._links = dict(links or {})
        self._statuses = dict(statuses or {})
        self._unreadable = frozenset(unreadable)
        self._folders = {"/"} | {path.rstrip("/") for path in files or {} if path.endswith("/")}
        for path in (*self._files, *self._links, *self._folders, *self._unreadable):
            while path != "/":
                path = posixpath.dirname(path)
                self._folders.add(path)

    def status(self, path: str) -> Status | None:
        real = self._real(path)
        if real in self._files:
            usual = Status(Type.FILE, size_bytes=len(self._files[real]))
            return replace(self._statuses.get(real, usual), size_bytes=len(self._files[real]))
        if real in self._unreadable:
            raise Unreadable(path, "it is damaged")
        return self._statuses.get(real, Status(Type.FOLDER, mode=0o755)) if real in self._folders else None

    def link(self, path: str) -> str | None:
        return self._links.get(self._real(posixpath.dirname(path)).rstrip("/") + "/" + posixpath.basename(path))

    def names(self, folder: str) -> tuple[str, ...]:
        real = self._real(folder)
        if real in self._unreadable:
            raise Unreadable(folder, "it is damaged")
        paths = (*self._files, *self._links, *self._folders, *self._unreadable)
        return tuple(
            sorted({posixpath.basename(path) for path in paths if path != "/" and posixpath.dirname(path) == real})
        )

    def read(self, path: str, limit_bytes: int = TEXT_LIMIT_BYTES) -> bytes | None:
        real = self._real(path)
        if real in self._unreadable:
            raise Unreadable(path, "it is damaged")
        content = self._files.get(real)
        if content is not None and len(content) > limit_bytes:
            raise Unreadable(path, f"it is longer than {limit_bytes} bytes")
        return content

    def head(self, path: str, length_bytes: int) -> bytes | None:
        real = self._real(path)
        if real in self._unreadable:
            raise Unreadable(path, "it is damaged")
        content = self._files.get(real)
        return None if content is None else content[:length_bytes]

    def part(self, path: str, offset_bytes: int, length_bytes: int) -> bytes | None:
        whole = self.head(path, offset_bytes + length_bytes)
        return None if whole is None else whole[offset_bytes:]

    def _real(self, path: str) -> str:
        """Return the path with all links resolved."""
        rest, real, followed = [part for part in path.split("/") if part], "", 0
        while rest:
            part = rest.pop(0)
            if part == "..":
                real = posixpath.dirname(real) if real not in ("", "/") else ""
                continue
            if part == ".":
                continue
            real = f"{real.rstrip('/')}/{part}"
            target = self._links.get(real)
            if target is not None:
                followed += 1
                if followed > _MOST_LINKS:
                    return ""
                real = "" if target.startswith("/") else posixpath.dirname(real)
                rest = [piece for piece in target.split("/") if piece] + rest
        return real or "/"
