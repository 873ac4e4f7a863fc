"""A guest whose files are read once, however often they are asked for: its boot is thought through several times."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from vscclient.facts.guest.tree import TEXT_LIMIT_BYTES, Status, Tree, Unreadable

T = TypeVar("T")


class Remembered:
    """A tree that keeps what it was asked for; it is meant for configuration, which is small.

    Args:
        below: The guest.
    """

    def __init__(self, below: Tree) -> None:
        self._below = below
        self._kept: dict[tuple[str, str, int], object] = {}

    def status(self, path: str) -> Status | None:
        return self._once("status", path, 0, lambda: self._below.status(path))

    def link(self, path: str) -> str | None:
        return self._once("link", path, 0, lambda: self._below.link(path))

    def names(self, folder: str) -> tuple[str, ...]:
        return self._once("names", folder, 0, lambda: self._below.names(folder))

    def read(self, path: str, limit_bytes: int = TEXT_LIMIT_BYTES) -> bytes | None:
        return self._once("read", path, limit_bytes, lambda: self._below.read(path, limit_bytes))

    def head(self, path: str, length_bytes: int) -> bytes | None:
        return self._once("head", path, length_bytes, lambda: self._below.head(path, length_bytes))

    def _once(self, question: str, path: str, number: int, ask: Callable[[], T]) -> T:
        key = (question, path, number)
        if key not in self._kept:
            try:
                self._kept[key] = ask()
            except Unreadable as unreadable:
                self._kept[key] = unreadable
        answer = self._kept[key]
        if isinstance(answer, Unreadable):
            raise answer
        return answer  # type: ignore[return-value]  # the same question was answered by the same method
