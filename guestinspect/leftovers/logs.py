"""Logs: a line for each folder, not for each file."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from guestinspect.disk.tree import Type
from guestinspect.leftovers.search import Search
from guestinspect.model.leftover import Kind, Leftover

_FOLDERS = {
    "/var/log": "log",
    "/var/crash": "crash report",
    "/var/lib/systemd/coredump": "core dump",
    "/var/spool/abrt": "crash report",
}
_RECORDS = frozenset({"lastlog", "wtmp", "btmp", "faillog"})
"""Tables that packages fill with zeros. Source: lastlog(8), utmp(5)."""

_RECORDS_BYTES = 1024**2
_MOST_COUNTED = 1000


def find_logs(search: Search) -> Iterator[Leftover]:
    """The folders with logs and with what crashed programs left.

    Raises:
        Unreadable: One of the folders could not be read.
    """
    for top, word in _FOLDERS.items():
        for folder in search.folders(top):
            if count := _count(search, folder):
                yield Leftover(Kind.LOG, folder, _in_words(count, word), search.owner(folder))


def _count(search: Search, folder: str) -> int:
    count = 0
    for name in search.names(folder):
        path = posixpath.join(folder, name)
        if name != "README" and _is_log(search, path):
            count += 1
        if count > _MOST_COUNTED:
            break
    return count


def _is_log(search: Search, path: str) -> bool:
    status = search.status(path)
    if status is None or status.type is not Type.FILE or not status.size_bytes:
        return False
    if posixpath.basename(path) not in _RECORDS:
        return True
    return bool((search.tree.head(path, _RECORDS_BYTES) or b"").strip(b"\0"))


def _in_words(count: int, word: str) -> str:
    number = f"more than {_MOST_COUNTED:,}" if count > _MOST_COUNTED else str(count)
    return f"{number} {word}{'s' if count != 1 else ''}"
