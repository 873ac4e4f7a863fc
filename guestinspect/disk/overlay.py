"""Files that the guest would write while it boots, laid over those that it has."""

from __future__ import annotations

from collections.abc import Mapping

from guestinspect.disk.tree import TEXT_LIMIT_BYTES, Status, Tree, Type

_MADE_MODE = 0o600
"""cloud-init and netplan keep what they write from others; NetworkManager would pass over it if they did not."""


class Overlay:
    """A tree with more files in it: what cloud-init and netplan make of their configuration at boot.

    Args:
        below: The guest as it lies on the disk.
        files: Content by path. A path that is there already is replaced.
    """

    def __init__(self, below: Tree, files: Mapping[str, bytes]) -> None:
        self._below = below
        self._files = dict(files)

    def status(self, path: str) -> Status | None:
        if path in self._files:
            return Status(Type.FILE, size_bytes=len(self._files[path]), mode=_MADE_MODE)
        if any(made.startswith(f"{path.rstrip('/')}/") for made in self._files):
            return self._below.status(path) or Status(Type.FOLDER, mode=0o755)
        return self._below.status(path)

    def link(self, path: str) -> str | None:
        return None if path in self._files else self._below.link(path)

    def names(self, folder: str) -> tuple[str, ...]:
        above = f"{folder.rstrip('/')}/"
        made = {path.removeprefix(above).partition("/")[0] for path in self._files if path.startswith(above)}
        return tuple(sorted(made.union(self._below.names(folder))))

    def read(self, path: str, limit_bytes: int = TEXT_LIMIT_BYTES) -> bytes | None:
        return self._files[path] if path in self._files else self._below.read(path, limit_bytes)

    def head(self, path: str, length_bytes: int) -> bytes | None:
        return self._files[path][:length_bytes] if path in self._files else self._below.head(path, length_bytes)
