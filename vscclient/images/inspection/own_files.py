"""Files in the user's cache folder, private. What somebody else could have written is not read."""

from __future__ import annotations

import json
import os
import stat
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from errno import EINVAL
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

_MAX_LINKS = 40
"""As many links as Linux follows. Source: path_resolution(7)."""

_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH
"""The mask of an access control list stands in the bits of the group. Source: acl(5)."""


MAX_AGE_S = 24 * 3600
"""The time for which an entry is kept, in seconds."""

_MOST_ENTRIES = 5000
"""The most entries of a section that are kept, the newest."""

_LIMIT_BYTES = 8 * 1024**2


class ForeignPathError(Exception):
    """Somebody else can change what a path leads to; the text says why, and what to do."""


def cache_folder(name: str) -> Path | None:
    """Return a folder of ours in the user's cache folder; None if the user has no home folder.

    Source: XDG Base Directory Specification.
    """
    variable = os.environ.get("XDG_CACHE_HOME", "")
    folder = variable if os.path.isabs(variable) else os.path.expanduser("~/.cache")
    return Path(folder, "vscclient", name) if os.path.isabs(folder) else None


def read_own(path: Path, limit_bytes: int) -> bytes:
    """Return the content of a file, at most one byte more than the limit.

    Opening does not wait, whatever is at the place of the file: a FIFO without a writer would block for ever.

    Raises:
        OSError: There is no such file; or it is a link, a FIFO, a device or a folder.
        ForeignPathError: Somebody else owns it or a folder on the way to it, or can write there.
    """

    def open_at_once(name: str, flags: int) -> int:
        return os.open(name, flags | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_NOCTTY)  # source: open(2), fifo(7)

    reject_foreign(str(path.parent))
    with open(path, "rb", opener=open_at_once) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(EINVAL, "not a file", str(path))
        reject_foreign_file(file.fileno(), str(path))
        return file.read(limit_bytes + 1)


def write_own(path: Path, text: str) -> None:
    """Write a file completely or not at all: other processes may be reading it, or writing the same one.

    Raises:
        OSError: It cannot be written.
        ForeignPathError: Somebody else owns a folder on the way to it, or can write there.
    """
    reject_foreign(str(path.parent))
    _make_folders(path.parent)
    reject_foreign(str(path.parent))  # somebody may have been faster, in a folder like /tmp
    with NamedTemporaryFile("w", dir=path.parent, prefix=".", suffix=".tmp", delete=False, encoding="utf-8") as file:
        try:
            file.write(text)
            file.flush()
            os.replace(file.name, path)
        except BaseException:
            os.unlink(file.name)
            raise


@dataclass(frozen=True)
class DatedEntries:
    """Small values of the last day, in one file: commands add some, and a program without a login reads them.

    They only help, so a file that cannot be read or written is not an error.

    Args:
        path: The file.
    """

    path: Path

    def read(self) -> dict[str, dict[str, Any]]:
        """Return the values of the last day, by section and key; none that somebody else could have written."""
        return {
            section: {key: value for key, (_, value) in dated.items()} for section, dated in self._read_dated().items()
        }

    def add(self, sections: Mapping[str, Mapping[str, Any]]) -> None:
        """Keep these values, by section and key, beside those of the last day."""
        dated, now = self._read_dated(), time.time()
        for section, values in sections.items():
            merged = dated.get(section, {}) | {key: (now, value) for key, value in values.items()}
            newest = sorted(merged.items(), key=lambda item: item[1][0])[-_MOST_ENTRIES:]
            dated[section] = dict(newest)
        with suppress(ForeignPathError, OSError, ValueError):
            write_own(self.path, json.dumps(dated))

    def _read_dated(self) -> dict[str, dict[str, tuple[float, Any]]]:
        now = time.time()
        with suppress(ForeignPathError, OSError, ValueError, TypeError, AttributeError, RecursionError):
            return {
                section: {key: (then, value) for key, (then, value) in dated.items() if 0 <= now - then < MAX_AGE_S}
                for section, dated in json.loads(read_own(self.path, _LIMIT_BYTES)).items()
            }
        return {}


def reject_foreign(path: str) -> None:
    """Check all folders and links on the way to a path, and the path itself, as far as they exist.

    A link leads anywhere, so its target is checked in the same way. In a folder like ``/tmp`` everybody can make files,
    but not replace those of others, so it can be on the way to a folder, and not be the end.
    Source: path_resolution(7), symlink(7); chmod(2), «sticky».

    Raises:
        ForeignPathError: Somebody else owns a part, or can write to it.
        OSError: A part cannot be read.
    """
    here, waiting, links = "/", path.split("/")[::-1], 0
    _reject_foreign_part(here, os.lstat(here), is_last=False)
    while waiting:
        name = waiting.pop()
        if name in ("", "."):
            continue
        if name == "..":
            here = os.path.dirname(here)
            continue
        part = os.path.join(here, name)
        try:
            status = os.lstat(part)
        except FileNotFoundError:
            return
        if not stat.S_ISLNK(status.st_mode):
            _reject_foreign_part(part, status, is_last=not any(waiting))
            here = part
            continue
        _reject_owner(part, status)
        links += 1
        if links > _MAX_LINKS:
            raise ForeignPathError(f"{path} has too many links")
        target = os.readlink(part)
        here = "/" if target.startswith("/") else here
        waiting += target.split("/")[::-1]


def reject_foreign_file(file: int, path: str) -> None:
    """Check an open file that is at the end of a checked path. Arguments: its descriptor, and its path for the error.

    Raises:
        ForeignPathError: Somebody else owns it, or can write to it.
    """
    _reject_foreign_part(path, os.fstat(file), is_last=True)


def _make_folders(folder: Path) -> None:
    """Make a folder and those on the way to it, each private; a link may lead to one that does not exist yet.

    ``Path.mkdir`` makes only the last one private.
    Source: XDG Base Directory Specification, «Basics».
    """
    folder = Path(os.path.realpath(folder))
    for missing in reversed([each for each in (folder, *folder.parents) if not each.exists()]):
        missing.mkdir(mode=0o700, exist_ok=True)


def _reject_foreign_part(part: str, status: os.stat_result, *, is_last: bool) -> None:
    _reject_owner(part, status)
    is_shared_folder = stat.S_ISDIR(status.st_mode) and status.st_mode & stat.S_ISVTX and not is_last
    if status.st_mode & _OTHERS_WRITE and not is_shared_folder:
        raise ForeignPathError(f"others can write to {part}. Withdraw that: chmod go-w {part}")


def _reject_owner(part: str, status: os.stat_result) -> None:
    if status.st_uid not in (0, os.geteuid()):
        raise ForeignPathError(f"{part} belongs to another user. Choose another folder with XDG_CACHE_HOME")
