"""Files that the guest will write while it boots, in addition to those that it has."""

from __future__ import annotations

from collections.abc import Mapping

from guestinspect.disk.tree import TEXT_LIMIT_BYTES, Status, Tree, Type

_GENERATED_MODE = 0o600
"""cloud-init and netplan write files that only root can read; NetworkManager ignores others."""


class Overlay:
    """A tree with additional files: those that cloud-init and netplan generate from their configuration at boot.

    Args:
        below: The guest, as it is on the disk.
        files: Content by path. They replace existing files.
    """

    def __init__(self, below: Tree, files: Mapping[str, bytes]) -> None:
        self._below = below
        self._files = dict(files)

    def status(self, path: str) -> Status | None:
        if path in self._files:
            return Status(Type.FILE, size_bytes=len(self._files[path]), mode=_GENERATED_MODE)
        if any(generated.startswith(f"{path.rstrip('/')}/") for generated in self._files):
            return self._below.status(path) or Status(Type.FOLDER, mode=0o755)
        return self._below.status(path)

    def link(self, path: str) -> str | None:
        return None if path in self._files else self._below.link(path)

    def names(self, folder: str) -> tuple[str, ...]:
        above = f"{folder.rstrip('/')}/"
        generated = {path.removeprefix(above).partition("/")[0] for path in self._files if path.startswith(above)}
        names = self._below.names(folder)
        return tuple(sorted(generated.union(names))) if generated else names

    def read(self, path: str, limit_bytes: int = TEXT_LIMIT_BYTES) -> bytes | None:
        return self._files[path] if path in self._files else self._below.read(path, limit_bytes)

    def head(self, path: str, length_bytes: int) -> bytes | None:
        return self._files[path][:length_bytes] if path in self._files else self._below.head(path, length_bytes)

    def part(self, path: str, offset_bytes: int, length_bytes: int) -> bytes | None:
        if path in self._files:
            return self._files[path][offset_bytes : offset_bytes + length_bytes]
        return self._below.part(path, offset_bytes, length_bytes)
