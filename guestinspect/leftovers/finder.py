"""What was left in a guest."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from guestinspect.disk.tree import Tree
from guestinspect.leftovers import key_descriptions, logs, passwords, sshd
from guestinspect.leftovers.patterns.pattern import LeftoverPattern
from guestinspect.leftovers.patterns.table import PATTERNS
from guestinspect.leftovers.search import Search
from guestinspect.model.fact import Fact, Unknown
from guestinspect.model.leftover import Kind, Leftover

_LOCATION = "the guest's files"

_BY_THEMSELVES: dict[Kind, Callable[[Search], Iterator[Leftover]]] = {
    Kind.PASSWORD: passwords.find_passwords,
    Kind.OPEN_SSHD: sshd.find_open_sshd,
    Kind.LOG: logs.find_logs,
}
"""What a path and a look at the content do not tell."""

_SAID_BY_SSHD: dict[Kind, Callable[[Search], Iterator[str]]] = {
    Kind.AUTHORIZED_KEY: sshd.authorized_keys,
    Kind.HOST_KEY: sshd.host_keys,
}
"""More places to look for a kind, which the guest's own configuration names."""


def find_leftovers(tree: Tree, kind: Kind) -> Fact[tuple[Leftover, ...]]:
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
    location = f"{_LOCATION}; {unread[0].why}" if unread else _LOCATION
    return Fact(tuple(found[identity] for identity in sorted(found)), location)


def _identity(leftover: Leftover) -> tuple[str, str]:
    """What makes two of a kind the same: their path; a file of passwords or of settings holds several."""
    return leftover.path, leftover.what if leftover.kind in _BY_THEMSELVES else ""


_Look = Callable[[], Iterator[Leftover]]


def _looks(search: Search, kind: Kind) -> Iterator[_Look]:
    """Each place to look at by itself: one that is damaged does not hide the others."""
    for leftover_pattern in PATTERNS:
        if leftover_pattern.kind is kind:
            yield from (_look(search, leftover_pattern, pattern) for pattern in leftover_pattern.paths)
    if kind in _BY_THEMSELVES:
        yield lambda: _BY_THEMSELVES[kind](search)
    if kind in _SAID_BY_SSHD:
        yield lambda: _where_sshd_says(search, kind)


def _look(search: Search, leftover_pattern: LeftoverPattern, pattern: str) -> _Look:
    return lambda: _with_sign(search, leftover_pattern, pattern)


def _where_sshd_says(search: Search, kind: Kind) -> Iterator[Leftover]:
    leftover_pattern = next(leftover_pattern for leftover_pattern in PATTERNS if leftover_pattern.kind is kind)
    for pattern in _SAID_BY_SSHD[kind](search):
        if not pattern.endswith("/"):  # it takes no folder
            yield from _with_sign(search, leftover_pattern, pattern)


def _with_sign(search: Search, leftover_pattern: LeftoverPattern, pattern: str) -> Iterator[Leftover]:
    for path in search.paths(pattern, exclude=leftover_pattern.exclude):
        if pattern.endswith("/"):
            is_left, what = bool(search.names(path)), leftover_pattern.what
        elif leftover_pattern.content is None:
            is_left, what = search.is_filled(path), leftover_pattern.what
        else:
            head = search.head(path)
            is_left, what = leftover_pattern.content.search(head) is not None, _what(leftover_pattern, head)
        if is_left:
            yield Leftover(leftover_pattern.kind, path, what, search.owner(path))


def _what(leftover_pattern: LeftoverPattern, head: bytes) -> str:
    """In words, and where the content says more, its words."""
    if leftover_pattern.kind is Kind.AUTHORIZED_KEY:
        return key_descriptions.describe_authorized_keys(head)
    return (
        key_descriptions.describe_private_key(head) if leftover_pattern.what == "private key" else leftover_pattern.what
    )
