"""A guest whose files are read once, although its boot is simulated several times."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from guestinspect.disk.tree import TEXT_LIMIT_BYTES, Status, Tree, Unreadable

T = TypeVar("T")

_MOST_QUESTIONS = 5_000
"""A guest with every network stack needs some hundred."""

_MOST_BYTES = 4 * 1024**2
"""Of configuration files, which have 1 MiB each at most. Lists of packages are longer, and do not count."""


class CachedTree:
    """A tree that keeps its answers. It is made for configuration files, which are small.

    Args:
        below: The files of the guest.
    """

    def __init__(self, below: Tree) -> None:
        self._below = below
        self._answers: dict[tuple[str, str, int], object] = {}
        self._bytes = 0

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

    def part(self, path: str, offset_bytes: int, length_bytes: int) -> bytes | None:
        return self._below.part(path, offset_bytes, length_bytes)

    def _once(self, question: str, path: str, number: int, ask: Callable[[], T]) -> T:
        key = (question, path, number)
        if key not in self._answers:
            # The files of a hostile guest may name more and more files.
            if len(self._answers) > _MOST_QUESTIONS or self._bytes > _MOST_BYTES:
                raise Unreadable(path, "the guest's configuration has too many files")
            try:
                answer: object = ask()
            except Unreadable as unreadable:
                answer = unreadable
            self._answers[key] = answer
            if isinstance(answer, bytes) and number <= TEXT_LIMIT_BYTES:
                self._bytes += len(answer)
        answer = self._answers[key]
        if isinstance(answer, Unreadable):
            raise answer
        return answer  # type: ignore[return-value]  # the same question was answered by the same method
