"""The configuration of the SSH server, as sshd reads it. Source: sshd_config(5), OpenSSH ``servconf.c``."""

from __future__ import annotations

import posixpath
import shlex
from collections.abc import Iterator
from dataclasses import dataclass

from guestinspect.disk.tree import Unreadable, is_file, lines
from guestinspect.leftovers.search import Search

CONFIG = "/etc/ssh/sshd_config"

_FOLDER = "/etc/ssh"
_PACKAGED = "/usr/etc/ssh/sshd_config"  # openSUSE, if there is none in /etc
_MOST_DEPTH = 16  # SERVCONF_MAX_DEPTH
_MOST_LINES = 20_000
_MOST_BYTES = 512 * 1024
"""The size of all files together, counted as often as they are included. Debian's has 3 KiB."""


@dataclass(frozen=True)
class SshdSetting:
    """One line that applies to every user and host: outside of ``Match`` blocks.

    Args:
        name: The keyword in lower case.
        values: The values of the keyword.
        path: The file in the guest.
        line: The line, counted from 1.
    """

    name: str
    values: tuple[str, ...]
    path: str
    line: int

    @classmethod
    def parse(cls, text: str, path: str, line: int) -> SshdSetting | None:
        """Return the setting of a line; None: a comment or an invalid line."""
        name, _, rest = text.strip().replace("=", " ", 1).replace("\t", " ").partition(" ")
        if not name or name.startswith("#"):
            return None
        try:
            return cls(name.lower(), tuple(shlex.split(rest, comments=True)), path, line)
        except ValueError:  # an open quote: sshd does not start with it
            return None

    @property
    def is_yes(self) -> bool:
        """Return True if the value is yes."""
        return [value.lower() for value in self.values] == ["yes"]


class SshdSettings:
    """All lines that apply to every user and host, in the order in which sshd reads them.

    Args:
        search: The guest.

    Raises:
        Unreadable: A file could not be read.
    """

    def __init__(self, search: Search) -> None:
        self._search = search
        self._lines_read = 0
        self._bytes_read = 0
        self.path = next((path for path in (CONFIG, _PACKAGED) if is_file(search.tree, path)), CONFIG)
        """The main file, which need not exist."""
        self._all = tuple(self._read(self.path, 0))

    def first(self, name: str) -> SshdSetting | None:
        """Return the effective line of a keyword; None: it is not set.

        For most keywords the first value counts, so that drop-ins, which are included at the top, take precedence.
        """
        return next((setting for setting in self._all if setting.name == name.lower()), None)

    def values(self, name: str) -> Iterator[str]:
        """Yield all values of a keyword that may be repeated."""
        for setting in self._all:
            if setting.name == name.lower():
                yield from setting.values

    def _read(self, path: str, depth: int) -> Iterator[SshdSetting]:
        if depth > _MOST_DEPTH:
            raise Unreadable(path, f"its files include each other more than {_MOST_DEPTH} levels deep")
        is_for_all = True
        for number, line in lines(self._search.tree, path):
            self._lines_read += 1
            self._bytes_read += len(line)
            if self._lines_read > _MOST_LINES or self._bytes_read > _MOST_BYTES:
                limit = f"{_MOST_LINES} lines or {_MOST_BYTES // 1024} KiB"
                raise Unreadable(path, f"sshd's configuration has more than {limit}")
            setting = SshdSetting.parse(line, path, number)
            # a Match block reaches to the next Match or the end of its file, whatever the indentation
            if setting and setting.name == "match":
                is_for_all = [value.lower() for value in setting.values] == ["all"]
            elif setting and is_for_all:
                yield setting
                if setting.name == "include":
                    for included in self._find_included(setting.values):
                        yield from self._read(included, depth + 1)

    def _find_included(self, patterns: tuple[str, ...]) -> Iterator[str]:
        for pattern in patterns:
            if any(sign in pattern for sign in "[?{"):
                raise Unreadable(CONFIG, f"its pattern of included files is not supported: {pattern!r}")
            for path in self._search.paths(posixpath.join(_FOLDER, pattern)):
                if not posixpath.basename(path).startswith("."):  # glob(7): * does not match a leading dot
                    yield path
