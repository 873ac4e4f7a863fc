"""Guests without some folders: a running guest hides what the disk holds in ``/run`` and ``/tmp``."""

from __future__ import annotations

from guestinspect.disk.tree import TEXT_LIMIT_BYTES, Status, Tree, Type

_MADE_AT_BOOT = ("/run", "/var/run", "/dev", "/proc", "/sys", "/tmp")  # noqa: S108 - a folder of the guest, not of this machine
"""Folders that are empty at the start of a boot. Source: file-hierarchy(7).

``/var/run`` is ``/run``; files in ``/tmp`` are not configuration.
"""


class RunningTree:
    """A tree without the files that temporary file systems hide from the running guest.

    An Overlay on top adds the files that are written at boot.

    Args:
        below: The guest's files as they are on the disk.
        hidden: The folders that are empty.
    """

    def __init__(self, below: Tree, hidden: tuple[str, ...] = _MADE_AT_BOOT) -> None:
        self._below = below
        self._hidden = hidden

    def status(self, path: str) -> Status | None:
        if path in self._hidden:
            return Status(Type.FOLDER, mode=0o755)
        return None if self._is_hidden(path) else self._below.status(path)

    def link(self, path: str) -> str | None:
        return None if self._is_hidden(path) else self._below.link(path)

    def names(self, folder: str) -> tuple[str, ...]:
        return () if self._is_hidden(folder) else self._below.names(folder)

    def read(self, path: str, limit_bytes: int = TEXT_LIMIT_BYTES) -> bytes | None:
        return None if self._is_hidden(path) else self._below.read(path, limit_bytes)

    def head(self, path: str, length_bytes: int) -> bytes | None:
        return None if self._is_hidden(path) else self._below.head(path, length_bytes)

    def part(self, path: str, offset_bytes: int, length_bytes: int) -> bytes | None:
        return None if self._is_hidden(path) else self._below.part(path, offset_bytes, length_bytes)

    def _is_hidden(self, path: str) -> bool:
        return any(path == folder or path.startswith(f"{folder}/") for folder in self._hidden)
