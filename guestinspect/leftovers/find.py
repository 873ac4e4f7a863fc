"""What was left in a guest."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from guestinspect.disk.tree import Tree
from guestinspect.leftovers import keys, logs, passwords, sshd
from guestinspect.leftovers.patterns import SIGNS
from guestinspect.leftovers.search import Search
from guestinspect.model.fact import Fact, Unknown
from guestinspect.model.leftover import Kind, Leftover, Sign

_SEEN_AT = "the guest's files"

_BY_THEMSELVES: dict[Kind, Callable[[Search], Iterator[Leftover]]] = {
    Kind.PASSWORD: passwords.find,
    Kind.OPEN_SSHD: sshd.find,
    Kind.LOG: logs.find,
}
"""What a path and a look at the content do not tell."""

_SAID_BY_SSHD: dict[Kind, Callable[[Search], Iterator[str]]] = {
    Kind.AUTHORIZED_KEY: sshd.authorized_keys,
    Kind.HOST_KEY: sshd.host_keys,
}
"""More places to look for a kind, which the guest's own configuration names."""


def find(tree: Tree, kind: Kind) -> Fact[tuple[Leftover, ...]]:
    """What was left of one kind, in the order of the paths.

    What was found is told even if something else could not be read: it is wrong with the guest in any case, and where
    it was seen says what is missing. Nothing found is told only if everything could be read.

    Raises:
        Unknown: Nothing was found, and something could not be read.
    """
    found: dict[tuple[str, str], Leftover] = {}
    unread: list[Unknown] = []
    search = Search(tree)
    for look in _looks(search, kind):
        try:
            for leftover in look():
                found.setdefault(_identity(leftover), leftover)
        except Unknown as unfound:
            unread.append(unfound)
    if unread and not found:
        raise unread[0]
    seen_at = f"{_SEEN_AT}; {unread[0].why}" if unread else _SEEN_AT
    return Fact(tuple(found[identity] for identity in sorted(found)), seen_at)


def _identity(leftover: Leftover) -> tuple[str, str]:
    """What makes two of a kind the same: their path; a file of passwords or of settings holds several."""
    return leftover.path, leftover.what if leftover.kind in _BY_THEMSELVES else ""


_Look = Callable[[], Iterator[Leftover]]


def _looks(search: Search, kind: Kind) -> Iterator[_Look]:
    """Each place to look at by itself: one that is damaged does not hide the others."""
    for sign in SIGNS:
        if sign.kind is kind:
            yield from (_look(search, sign, pattern) for pattern in sign.paths)
    if kind in _BY_THEMSELVES:
        yield lambda: _BY_THEMSELVES[kind](search)
    if kind in _SAID_BY_SSHD:
        yield lambda: _where_sshd_says(search, kind)


def _look(search: Search, sign: Sign, pattern: str) -> _Look:
    return lambda: _with_sign(search, sign, pattern)


def _where_sshd_says(search: Search, kind: Kind) -> Iterator[Leftover]:
    sign = next(sign for sign in SIGNS if sign.kind is kind)
    for pattern in _SAID_BY_SSHD[kind](search):
        if not pattern.endswith("/"):  # it takes no folder
            yield from _with_sign(search, sign, pattern)


def _with_sign(search: Search, sign: Sign, pattern: str) -> Iterator[Leftover]:
    for path in search.paths(pattern, but=sign.but):
        if pattern.endswith("/"):
            is_left, what = bool(search.names(path)), sign.what
        elif sign.content is None:
            is_left, what = search.is_filled(path), sign.what
        else:
            head = search.head(path)
            is_left, what = sign.content.search(head) is not None, _what(sign, head)
        if is_left:
            yield Leftover(sign.kind, path, what, search.owner(path))


def _what(sign: Sign, head: bytes) -> str:
    """In words, and where the content says more, its words."""
    if sign.kind is Kind.AUTHORIZED_KEY:
        return keys.authorized_keys(head)
    return keys.private_key(head) if sign.what == "private key" else sign.what
