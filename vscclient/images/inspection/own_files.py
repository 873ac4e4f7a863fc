"""Paths that only their user, and root, can change: everything else could be somebody else's."""

from __future__ import annotations

import os
import stat

_MAX_LINKS = 40
"""As many links as Linux follows. Source: path_resolution(7)."""

_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH
"""The mask of an access control list stands in the bits of the group. Source: acl(5)."""


class ForeignPathError(Exception):
    """Somebody else can change what a path leads to; the text says why, and what to do."""


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


def _reject_foreign_part(part: str, status: os.stat_result, *, is_last: bool) -> None:
    _reject_owner(part, status)
    is_shared_folder = stat.S_ISDIR(status.st_mode) and status.st_mode & stat.S_ISVTX and not is_last
    if status.st_mode & _OTHERS_WRITE and not is_shared_folder:
        raise ForeignPathError(f"others can write to {part}. Withdraw that: chmod go-w {part}")


def _reject_owner(part: str, status: os.stat_result) -> None:
    if status.st_uid not in (0, os.geteuid()):
        raise ForeignPathError(f"{part} belongs to another user. Choose another folder with XDG_CACHE_HOME")
