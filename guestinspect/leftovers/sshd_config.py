"""The configuration of the SSH server, as it reads it. Source: sshd_config(5), OpenSSH ``servconf.c``."""

from __future__ import annotations

import posixpath
import shlex
from collections.abc import Iterator
from dataclasses import dataclass

from guestinspect.disk.tree import Unreadable, is_file, lines
from guestinspect.leftovers.search import Search

CONFIG = "/etc/ssh/sshd_config"

_FOLDER = "/etc/ssh"
_SHIPPED = "/usr/etc/ssh/sshd_config"  # openSUSE, where there is none in /etc
_MOST_DEPTH = 16  # SERVCONF_MAX_DEPTH
_MOST_LINES = 20_000
_MOST_BYTES = 512 * 1024
"""Of all files together, counted as often as they are included. Debian's has 3 KiB."""


@dataclass(frozen=True)
class SshdSetting:
    """One line that holds for every user and host: not in a ``Match`` block.

    Args:
        name: The keyword in lower case.
        values: What follows it.
        path: File in the guest.
        line: Counted from 1.
    """

    name: str
    values: tuple[str, ...]
    path: str
    line: int

    @property
    def is_yes(self) -> bool:
        """Whether it says yes."""
        return [value.lower() for value in self.values] == ["yes"]


class SshdSettings:
    """All lines that hold for everybody, in the order in which sshd sees them.

    Args:
        search: The guest.

    Raises:
        Unreadable: A file could not be read.
    """

    def __init__(self, search: Search) -> None:
        self._search = search
        self._lines_read = 0
        self._bytes_read = 0
        main = next((path for path in (CONFIG, _SHIPPED) if is_file(search.tree, path)), CONFIG)
        self._all = tuple(self._read(main, 0))

    def first(self, name: str) -> SshdSetting | None:
        """The line that counts, for a keyword whose first value does."""
        return next((setting for setting in self._all if setting.name == name.lower()), None)

    def values(self, name: str) -> Iterator[str]:
        """All values of a keyword."""
        for setting in self._all:
            if setting.name == name.lower():
                yield from setting.values

    def _read(self, path: str, depth: int) -> Iterator[SshdSetting]:
        if depth > _MOST_DEPTH:
            raise Unreadable(path, "too many files include one another")
        for_everybody = True
        for number, line in lines(self._search.tree, path):
            self._count(path, line)
            name, values = _split(line)
            if name == "match":
                for_everybody = [value.lower() for value in values] == ["all"]
            elif name == "include" and for_everybody:
                yield SshdSetting(name, values, path, number)
                for included in self._included(values):
                    yield from self._read(included, depth + 1)
            elif name and for_everybody:
                yield SshdSetting(name, values, path, number)

    def _count(self, path: str, line: str) -> None:
        self._lines_read += 1
        self._bytes_read += len(line)
        if self._lines_read > _MOST_LINES or self._bytes_read > _MOST_BYTES:
            most = f"{_MOST_LINES} lines, or {_MOST_BYTES // 1024} KiB"
            raise Unreadable(path, f"sshd's configuration has more than {most}")

    def _included(self, patterns: tuple[str, ...]) -> Iterator[str]:
        for pattern in patterns:
            if any(sign in pattern for sign in "[?{"):
                raise Unreadable(CONFIG, f"it includes {pattern!r}")
            for path in self._search.paths(posixpath.join(_FOLDER, pattern)):
                if not posixpath.basename(path).startswith("."):  # glob(7)
                    yield path


def _split(line: str) -> tuple[str, tuple[str, ...]]:
    """A line's keyword and values; no keyword: a comment, or nothing that sshd takes."""
    name, _, rest = line.strip().replace("=", " ", 1).replace("\t", " ").partition(" ")
    if not name or name.startswith("#"):
        return "", ()
    try:
        return name.lower(), tuple(shlex.split(rest, comments=True))
    except ValueError:  # a quote that does not end: sshd does not start with it
        return "", ()
