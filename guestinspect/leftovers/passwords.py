"""Passwords of users and groups: in ``/etc/shadow``, in ``/etc/passwd`` itself, and in files with older passwords."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from guestinspect.disk.tree import Unreadable, lines
from guestinspect.leftovers.search import Search
from guestinspect.leftovers.users import PASSWD, User, list_users
from guestinspect.model.leftover import Kind, Leftover

SHADOW = "/etc/shadow"
_IN_SHADOW = "x"
_BACKUPS = (f"{PASSWD}-", f"{SHADOW}-")
"""Copies of the files before the last change: a password that was just removed is still in them.

Source: shadow(5), passwd(5), «FILES».
"""

_GROUP_FILES = ("/etc/gshadow", "/etc/gshadow-")
_OLD_PASSWORD_FILES = ("/etc/security/opasswd", "/etc/security/opasswd.old")
"""Source: pam_pwhistory(8) and pam_unix(8), Linux-PAM ``opasswd.c``."""

_HASH = re.compile(r"\$[0-9a-z]{1,12}[$,][^:\s*!]+\Z|_[./0-9A-Za-z]{19}\Z|[./0-9A-Za-z]{13}\Z")
"""A hash that a password can match; any other value locks the user out: ``*``, ``!``, ``!!``, ``!$6$…``, ``*LK*``.

Source: crypt(5).
"""


def find_passwords(search: Search) -> Iterator[Leftover]:
    """Yield the passwords of users, the users who log in without one, the passwords of groups, and older passwords.

    Raises:
        Unreadable: A file could not be read; the passwords of the other files come first.
    """
    unread: list[Unreadable] = []
    searches: tuple[Callable[[Search], Iterator[Leftover]], ...] = (
        *(_find_user_passwords, _find_backup_passwords),
        *(_find_group_passwords, _find_old_passwords),
    )
    for find in searches:
        try:
            yield from find(search)
        except Unreadable as unreadable:
            unread.append(unreadable)
    if unread:
        raise unread[0]


def _find_user_passwords(search: Search) -> Iterator[Leftover]:
    known = {user.name: user for user in list_users(search.tree)}
    for user in known.values():
        if user.password != _IN_SHADOW:
            yield from _check_password(PASSWD, user.name, user.password, user)
    for name, password in _list_entries(search, SHADOW):
        yield from _check_password(SHADOW, name, password, known.get(name))


def _find_backup_passwords(search: Search) -> Iterator[Leftover]:
    """Yield the hashes in the backups, which can be cracked. An empty password there lets nobody in."""
    for path in _BACKUPS:
        for name, password in _list_entries(search, path):
            yield from _check_password(path, name, password, None)


def _find_group_passwords(search: Search) -> Iterator[Leftover]:
    """Yield the passwords of groups; a group without one admits only its members. Source: gshadow(5)."""
    for path in _GROUP_FILES:
        for name, password in _list_entries(search, path):
            if _HASH.match(password):
                yield Leftover(Kind.PASSWORD, path, f"password of the group {name}", search.owner(path))


def _find_old_passwords(search: Search) -> Iterator[Leftover]:
    """Yield the passwords that users may not choose again: ``name:uid:count:hash,hash``."""
    for path in _OLD_PASSWORD_FILES:
        for _, line in lines(search.tree, path):
            name, *fields = line.split(":")
            if len(fields) == 3 and any(_HASH.match(password) for password in fields[2].split(",")):
                yield Leftover(Kind.PASSWORD, path, f"earlier password of {name}", name)


def _list_entries(search: Search, path: str) -> Iterator[tuple[str, str]]:
    """Yield the name and the second field of each line in a file like ``/etc/shadow``."""
    for _, line in lines(search.tree, path):
        name, *fields = line.split(":")
        if name and fields and not name.startswith(("#", "+", "-")):
            yield name, fields[0]


def _check_password(path: str, name: str, password: str, user: User | None) -> Iterator[Leftover]:
    if _HASH.match(password):
        yield Leftover(Kind.PASSWORD, path, f"password of {name}", name)
    elif not password and user is not None and user.logs_in:
        yield Leftover(Kind.PASSWORD, path, f"empty password of {name}", name)
