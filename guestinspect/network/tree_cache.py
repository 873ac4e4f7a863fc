"""A guest whose files are read once, however often they are asked for: its boot is thought through several times."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from guestinspect.disk.tree import TEXT_LIMIT_BYTES, Status, Tree, Unreadable

T = TypeVar("T")

_MOST_QUESTIONS = 5_000
"""A guest with every stack is asked some hundred."""

_MOST_BYTES = 4 * 1024**2
"""Of its configuration, each file of which has 1 MiB at most. The lists of packages, which are longer, do not count."""


class Remembered:
    """A tree that keeps what it was asked for; it is meant for configuration, which is small.

    Args:
        below: The guest.
    """

    def __init__(self, below: Tree) -> None:
        self._below = below
        self._kept: dict[tuple[str, str, int], object] = {}
        self._kept_bytes = 0

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
            self._refuse_too_much(path)
            try:
                answered: object = ask()
            except Unreadable as unreadable:
                answered = unreadable
            self._kept[key] = answered
            if isinstance(answered, bytes) and number <= TEXT_LIMIT_BYTES:
                self._kept_bytes += len(answered)
        answer = self._kept[key]
        if isinstance(answer, Unreadable):
            raise answer
        return answer  # type: ignore[return-value]  # the same question was answered by the same method

    def _refuse_too_much(self, path: str) -> None:
        """Raises Unreadable if the guest has so many files that nobody wrote them to be read."""
        if len(self._kept) > _MOST_QUESTIONS or self._kept_bytes > _MOST_BYTES:
            raise Unreadable(path, "its configuration is in too many files")
