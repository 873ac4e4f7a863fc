"""The users of a guest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from guestinspect.disk.tree import Tree, lines

PASSWD = "/etc/passwd"  # noqa: S105
FIRST_LOGIN_UID = 1000
"""Where the users' numbers begin. Source: login.defs(5), ``UID_MIN`` of Debian and Red Hat."""

_NO_SHELLS = frozenset({"nologin", "false", "true", "sync", "halt", "shutdown", "git-shell"})
_OF_PROGRAMS = ("/bin", "/sbin", "/usr", "/dev", "/proc", "/sys", "/run", "/etc", "/boot", "/nonexistent")


@dataclass(frozen=True)
class User:
    """One line of ``/etc/passwd``. Source: passwd(5).

    Args:
        password: Its second field: ``x`` where the password is in ``/etc/shadow``.
    """

    name: str
    password: str
    uid: int
    home: str
    shell: str

    @property
    def logs_in(self) -> bool:
        """Whether its shell is one."""
        return self.shell.rpartition("/")[2] not in _NO_SHELLS

    @property
    def has_home(self) -> bool:
        """Whether its home may hold files of its own: that of a system user is often a folder of programs."""
        if not self.home.startswith("/"):
            return False
        return self.uid == 0 or self.uid >= FIRST_LOGIN_UID or not f"{self.home}/".startswith(_FOLDERS_OF_PROGRAMS)


_FOLDERS_OF_PROGRAMS = tuple(f"{folder}/" for folder in _OF_PROGRAMS)


def list_users(tree: Tree) -> Iterator[User]:
    """All users, in the order of the file; a line that is none is passed over, as glibc does."""
    for _, line in lines(tree, PASSWD):
        fields = line.split(":")
        if len(fields) == 7 and _is_number(fields[2]) and not line.startswith(("#", "+", "-")):
            yield User(fields[0], fields[1], int(fields[2]), fields[5], fields[6])


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 10
