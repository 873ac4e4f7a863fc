"""Logs and crash reports: one leftover for each folder, not for each file."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from itertools import islice

from guestinspect.disk.globs import fnmatchcase
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

_OF_PACKAGES = tuple(
    f"/var/log/{name}*"
    for name in (
        *(
            "bootstrap.log",
            "dpkg.log",
            "alternatives.log",
            "apt/history.log",
            "apt/term.log",
            "apt/eipp.log",
            "aptitude",
        ),
        *("apk.log", "dnf", "hawkey.log", "yum.log", "rpmpkgs", "zypper.log", "zypp/history", "pacman.log"),
        *("emerge", "fontconfig.log", "fai/", "update-alternatives.log"),
    )
)
"""Logs of the programs that install packages: they show how the image was built, not who used it.

Source: debootstrap(8), dpkg(1), update-alternatives(1), apt(8), apk(8), dnf(8), yum(8), zypper(8), pacman(8),
emerge(1), fc-cache(1), fai(8): their sections FILES, or the options for their logs.
"""

_NAMES_A_USER = re.compile(rb"^Requested-By: ", re.MULTILINE)
"""A line of apt for a command that a user ran by sudo. Source: APT, ``apt-pkg/deb/dpkgpm.cc``."""

_MOST_COUNTED = 1000


def find_logs(search: Search) -> Iterator[Leftover]:
    """Yield the folders with logs, and those with reports of crashed programs.

    Raises:
        Unreadable: A folder could not be read.
    """
    for top, word in _FOLDERS.items():
        for folder in search.folders(top):
            paths = (posixpath.join(folder, name) for name in search.names(folder) if name != "README")
            logs = (path for path in paths if _is_log(search, path))
            count = sum(1 for _ in islice(logs, _MOST_COUNTED + 1))
            if count:
                number = f"more than {_MOST_COUNTED:,}" if count > _MOST_COUNTED else str(count)
                yield Leftover(Kind.LOG, folder, f"{number} {word}{'s' if count != 1 else ''}", search.owner(folder))


def _is_log(search: Search, path: str) -> bool:
    status = search.status(path)
    if status is None or status.type is not Type.FILE or not status.size_bytes:
        return False
    if any(fnmatchcase(path, pattern) for pattern in _OF_PACKAGES):
        return _NAMES_A_USER.search(search.head(path)) is not None
    if posixpath.basename(path) not in _RECORDS:
        return True
    return bool((search.tree.head(path, _RECORDS_BYTES) or b"").strip(b"\0"))
