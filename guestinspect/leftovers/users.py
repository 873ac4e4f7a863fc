"""The users of a guest."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from guestinspect.disk.tree import Tree, lines

PASSWD = "/etc/passwd"  # noqa: S105 - a path
FIRST_LOGIN_UID = 1000
"""The first number of ordinary users. Source: login.defs(5), ``UID_MIN`` of Debian and Red Hat."""

_UID = re.compile(r"[0-9]{1,10}", re.ASCII)
_NO_LOGIN_SHELLS = frozenset({"nologin", "false", "true", "sync", "halt", "shutdown", "git-shell"})
_SYSTEM_FOLDERS = ("/bin/", "/sbin/", "/usr/", "/dev/", "/proc/", "/sys/", "/run/", "/etc/", "/boot/", "/nonexistent/")


@dataclass(frozen=True)
class User:
    """One line of ``/etc/passwd``. Source: passwd(5).

    Args:
        name: The login name.
        password: The second field: ``x`` if the password is in ``/etc/shadow``.
        uid: The numeric user ID.
        home: The home folder.
        shell: The program that a login starts.
    """

    name: str
    password: str
    uid: int
    home: str
    shell: str

    @property
    def logs_in(self) -> bool:
        """Return True if the user has a login shell."""
        return self.shell.rpartition("/")[2] not in _NO_LOGIN_SHELLS

    @property
    def has_home(self) -> bool:
        """Return True if the home may hold files of the user: that of a system user is often a folder of programs."""
        if not self.home.startswith("/"):
            return False
        return self.uid == 0 or self.uid >= FIRST_LOGIN_UID or not f"{self.home}/".startswith(_SYSTEM_FOLDERS)


def list_users(tree: Tree) -> Iterator[User]:
    """Yield all users in the order of the file; invalid lines are skipped, as glibc does."""
    for _, line in lines(tree, PASSWD):
        fields = line.split(":")
        # lines that begin with + or - include users of NIS: nsswitch.conf(5), «compat»
        if len(fields) == 7 and _UID.fullmatch(fields[2]) and not line.startswith(("#", "+", "-")):
            yield User(fields[0], fields[1], int(fields[2]), fields[5], fields[6])
