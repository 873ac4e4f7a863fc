"""The search for leftovers of one kind in a guest."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial

from guestinspect.disk.tree import Tree
from guestinspect.leftovers import logs, passwords, sshd
from guestinspect.leftovers.patterns.pattern import LeftoverPattern
from guestinspect.leftovers.patterns.table import PATTERNS
from guestinspect.leftovers.search import Search
from guestinspect.model.fact import Fact, Unknown
from guestinspect.model.leftover import Kind, Leftover

_LOCATION = "the guest's files"

_FINDERS: dict[Kind, Callable[[Search], Iterator[Leftover]]] = {
    Kind.PASSWORD: passwords.find_passwords,
    Kind.OPEN_SSHD: sshd.find_open_sshd,
    Kind.LOG: logs.find_logs,
}
"""Searches for leftovers that a path and an expression for the content cannot describe."""

_SSHD_PATHS: dict[Kind, Callable[[Search], Iterator[str]]] = {
    Kind.AUTHORIZED_KEY: sshd.list_authorized_key_files,
    Kind.HOST_KEY: sshd.list_host_keys,
}
"""More paths of a kind, which the guest's own configuration of sshd names."""


def find_leftovers(tree: Tree, kind: Kind) -> Fact[tuple[Leftover, ...]]:
    """Return the leftovers of one kind, sorted by path.

    Leftovers are reported even if another place could not be read: they have to be removed in any case, and the
    location of the fact names what is missing. An empty result means that everything could be read.

    Raises:
        Unknown: Nothing was found, and something could not be read.
    """
    found: dict[tuple[str, str], Leftover] = {}
    unread: list[Unknown] = []
    for find in _list_searches(Search(tree), kind):
        try:
            for leftover in find():
                # several patterns may match one file; a file with passwords or settings holds several leftovers
                found.setdefault((leftover.path, leftover.what if kind in _FINDERS else ""), leftover)
        except Unknown as unknown:
            unread.append(unknown)
    if unread and not found:
        raise unread[0]
    location = f"{_LOCATION}; {unread[0].why}" if unread else _LOCATION
    return Fact(tuple(found[identity] for identity in sorted(found)), location)


def with_other_systems(
    find: Callable[[], Fact[tuple[Leftover, ...]]], systems: Mapping[str, Tree], kind: Kind
) -> Fact[tuple[Leftover, ...]]:
    """Return the leftovers of the guest and of other systems on the disk: all who have the image can read them.

    Args:
        find: Finds those of the guest.
        systems: The other systems, by the name of their volume, which becomes a part of the path.
        kind: The kind of leftover.

    Raises:
        Unknown: Nothing was found, and something could not be read.
    """
    searches: list[Callable[[], Fact[tuple[Leftover, ...]]]] = [find]
    searches += [partial(_find_in_other_system, name, tree, kind) for name, tree in systems.items()]
    found: list[Leftover] = []
    unread: list[Unknown] = []
    location = _LOCATION
    for search in searches:
        try:
            fact = search()
            found += fact.value
            location = fact.location if location == _LOCATION else location
        except Unknown as unknown:
            unread.append(unknown)
    if unread and not found:
        raise unread[0]
    return Fact(tuple(found), f"{location}; {unread[0].why}" if unread else location)


def _find_in_other_system(name: str, tree: Tree, kind: Kind) -> Fact[tuple[Leftover, ...]]:
    fact = find_leftovers(tree, kind)
    return Fact(tuple(replace(leftover, path=f"{name}:{leftover.path}") for leftover in fact.value), fact.location)


def _list_searches(search: Search, kind: Kind) -> Iterator[Callable[[], Iterator[Leftover]]]:
    """Yield a search for each place: a damaged place does not hide the others."""
    for pattern in PATTERNS:
        if pattern.kind is kind:
            yield from (partial(_find_by_pattern, search, pattern, path_pattern) for path_pattern in pattern.paths)
    if kind in _FINDERS:
        yield partial(_FINDERS[kind], search)
    if kind in _SSHD_PATHS:
        yield partial(_find_by_sshd_paths, search, kind)


def _find_by_sshd_paths(search: Search, kind: Kind) -> Iterator[Leftover]:
    pattern = next(pattern for pattern in PATTERNS if pattern.kind is kind)
    for path_pattern in _SSHD_PATHS[kind](search):
        if not path_pattern.endswith("/"):  # sshd reads files only
            yield from _find_by_pattern(search, pattern, path_pattern)


def _find_by_pattern(search: Search, pattern: LeftoverPattern, path_pattern: str) -> Iterator[Leftover]:
    for path in search.paths(path_pattern, exclude=pattern.exclude):
        if path_pattern.endswith("/"):
            is_left, what = bool(search.names(path)), pattern.what
        elif pattern.content is None:
            is_left, what = search.is_filled(path), pattern.what
        else:
            head = search.head(path)
            is_left, what = pattern.content.search(head) is not None, pattern.describe(head)
        if is_left:
            yield Leftover(pattern.kind, path, what, search.owner(path))
