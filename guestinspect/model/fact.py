"""Something found out about an image, with where it was seen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Fact(Generic[T]):
    """One thing found out.

    Args:
        value: What was found.
        location: Where, in words that a user can follow: "header at byte 0".
    """

    value: T
    location: str


class Unknown(Exception):
    """Nobody could find out. Raised by asking for a fact; only the policy's engine catches it.

    Args:
        why: The reason, as the end of a sentence.
    """

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class NotYet(Unknown):
    """It will be known later: the data is still being read. Nothing is said of it until then."""


class AlreadyReported(Unknown):
    """It cannot be told because of a flaw that a rule tells of: a second line about it would help nobody."""


class Declined(Unknown):
    """The user does not want it to be found out. Nothing is said of it, unless others will see the image."""


Provider = Callable[[], Fact[T]]
"""Finds a fact when first asked, or raises :class:`Unknown`."""


def known_fact(value: T, location: str) -> Provider[T]:
    """A provider of what has been found out already."""
    fact = Fact(value, location)
    return lambda: fact


def unknown_fact(why: str) -> Callable[[], Fact[T]]:
    """A provider for what nobody can find out."""

    def ask() -> Fact[T]:
        raise Unknown(why)

    return ask


def once(find: Callable[[], T]) -> Callable[[], T]:
    """Looks when first asked, and never again; that it could not be found is remembered too."""
    answers: list[T | Unknown] = []

    def ask() -> T:
        if not answers:
            try:
                answers.append(find())
            except Unknown as unfound:
                answers.append(unfound)
        answer = answers[0]
        if isinstance(answer, Unknown):
            raise answer
        return answer

    return ask
