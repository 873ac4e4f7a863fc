"""Passwords of users: in ``/etc/shadow``, or in ``/etc/passwd`` itself."""

from __future__ import annotations

import re
from collections.abc import Iterator

from vscclient.facts.guest.leftovers.search import Search
from vscclient.facts.guest.leftovers.users import PASSWD, User, users
from vscclient.facts.guest.tree import lines
from vscclient.model.leftover import Kind, Leftover

SHADOW = "/etc/shadow"
_IN_SHADOW = "x"

_HASH = re.compile(r"\$[0-9a-z]{1,12}[$,][^:\s*!]+\Z|_[./0-9A-Za-z]{19}\Z|[./0-9A-Za-z]{13}\Z")
"""A password that can be tried; anything else locks the user out (``*``, ``!``, ``!!``, ``!$6$…``, ``NP``, ``*LK*``).
Source: crypt(5)."""


def find(search: Search) -> Iterator[Leftover]:
    """The passwords of users, and the users without one who may log in all the same.

    Raises:
        Unreadable: One of the two files could not be read.
    """
    known = {user.name: user for user in users(search.tree)}
    for user in known.values():
        if user.password != _IN_SHADOW:
            yield from _judged(PASSWD, user.name, user.password, user)
    for _, line in lines(search.tree, SHADOW):
        name, *fields = line.split(":")
        if name and fields and not name.startswith(("#", "+", "-")):
            yield from _judged(SHADOW, name, fields[0], known.get(name))


def _judged(path: str, name: str, password: str, user: User | None) -> Iterator[Leftover]:
    if _HASH.match(password):
        yield Leftover(Kind.PASSWORD, path, f"password of {name}", name)
    elif not password and user is not None and user.logs_in:
        yield Leftover(Kind.PASSWORD, path, f"empty password of {name}", name)
