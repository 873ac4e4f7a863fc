"""Passwords of users and groups: in ``/etc/shadow``, in ``/etc/passwd`` itself, and where older ones are kept."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from guestinspect.disk.tree import Unreadable, lines
from guestinspect.leftovers.search import Search
from guestinspect.leftovers.users import PASSWD, User, list_users
from guestinspect.model.leftover import Kind, Leftover

SHADOW = "/etc/shadow"
_IN_SHADOW = "x"
_BEFORE_THE_LAST_CHANGE = (f"{PASSWD}-", f"{SHADOW}-")
"""What ``passwd -d`` and ``usermod`` take out is still in these. Source: shadow(5), passwd(5), «FILES»."""

_OF_GROUPS = ("/etc/gshadow", "/etc/gshadow-")
_USED_BEFORE = ("/etc/security/opasswd", "/etc/security/opasswd.old")
"""Source: pam_pwhistory(8) and pam_unix(8), Linux-PAM ``opasswd.c``."""

_HASH = re.compile(r"\$[0-9a-z]{1,12}[$,][^:\s*!]+\Z|_[./0-9A-Za-z]{19}\Z|[./0-9A-Za-z]{13}\Z")
"""A password that can be tried; anything else locks the user out (``*``, ``!``, ``!!``, ``!$6$…``, ``NP``, ``*LK*``).
Source: crypt(5)."""


def find_passwords(search: Search) -> Iterator[Leftover]:
    """The passwords of users, and the users without one who may log in all the same; those of groups; older ones.

    Raises:
        Unreadable: One of the files could not be read; what the others hold was told before.
    """
    unread: list[Unreadable] = []
    looks: tuple[Callable[[Search], Iterator[Leftover]], ...] = (_of_users, _before, _of_groups, _used_before)
    for look in looks:
        try:
            yield from look(search)
        except Unreadable as damage:
            unread.append(damage)
    if unread:
        raise unread[0]


def _of_users(search: Search) -> Iterator[Leftover]:
    known = {user.name: user for user in list_users(search.tree)}
    for user in known.values():
        if user.password != _IN_SHADOW:
            yield from _judged(PASSWD, user.name, user.password, user)
    for name, password in _entries(search, SHADOW):
        yield from _judged(SHADOW, name, password, known.get(name))


def _before(search: Search) -> Iterator[Leftover]:
    """Hashes in the copies of before the last change: they can be tried. No password there lets nobody in."""
    for path in _BEFORE_THE_LAST_CHANGE:
        for name, password in _entries(search, path):
            yield from _judged(path, name, password, None)


def _of_groups(search: Search) -> Iterator[Leftover]:
    """Passwords of groups; a group without one takes its members only. Source: gshadow(5)."""
    for path in _OF_GROUPS:
        for name, password in _entries(search, path):
            if _HASH.match(password):
                yield Leftover(Kind.PASSWORD, path, f"password of the group {name}", search.owner(path))


def _used_before(search: Search) -> Iterator[Leftover]:
    """Passwords that may not be chosen again: ``name:uid:count:hash,hash``."""
    for path in _USED_BEFORE:
        for _, line in lines(search.tree, path):
            name, *fields = line.split(":")
            if len(fields) == 3 and any(_HASH.match(password) for password in fields[2].split(",")):
                yield Leftover(Kind.PASSWORD, path, f"earlier password of {name}", name)


def _entries(search: Search, path: str) -> Iterator[tuple[str, str]]:
    """The names and the second fields of a file like ``/etc/shadow``."""
    for _, line in lines(search.tree, path):
        name, *fields = line.split(":")
        if name and fields and not name.startswith(("#", "+", "-")):
            yield name, fields[0]


def _judged(path: str, name: str, password: str, user: User | None) -> Iterator[Leftover]:
    if _HASH.match(password):
        yield Leftover(Kind.PASSWORD, path, f"password of {name}", name)
    elif not password and user is not None and user.logs_in:
        yield Leftover(Kind.PASSWORD, path, f"empty password of {name}", name)
