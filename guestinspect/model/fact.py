"""A fact, with the location where it was found, and facts that are unknown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Fact(Generic[T]):
    """A value, and where it was found.

    Args:
        value: The value.
        location: The place in words that a user can follow: "header at byte 0", or a file in the guest.
    """

    value: T
    location: str


TOO_LONG_TO_FETCH = "more than is fetched of an image by range requests"
"""The end of the reason for a fact that needs a long file of the guest: a copy of the whole image shows it."""


class Unknown(Exception):
    """The fact is unknown. Raised by asking for it; only the policy's engine catches it.

    Args:
        why: The reason, as the end of a sentence.
    """

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class NotYet(Unknown):
    """The fact will be known later: the data is still being read. Nothing is reported until then."""


class AlreadyReported(Unknown):
    """The fact is unknown because of a flaw that a rule reports: a second line about it would help nobody."""


class NoGuest(Unknown):
    """The fact of a guest is unknown because there is no guest: the disk is an installer."""


class Declined(Unknown):
    """The user declined to have it found out. Nothing is reported, unless others will see the image."""


Provider = Callable[[], Fact[T]]
"""Finds a fact when first called, or raises :class:`Unknown`."""


def known_fact(value: T, location: str) -> Provider[T]:
    """Return a provider of a fact that is known."""
    fact = Fact(value, location)
    return lambda: fact


def unknown_fact(why: str | Unknown) -> Callable[..., Fact[T]]:
    """Return a provider of a fact that is unknown, whatever arguments it is asked with.

    Args:
        why: The reason, or the error to raise.
    """
    unknown = Unknown(why) if isinstance(why, str) else why

    def ask(*_: object) -> Fact[T]:
        raise unknown

    return ask


def once(find: Callable[[], T]) -> Callable[[], T]:
    """Return the function, called at most once: its answer is kept, also that it is unknown."""
    answers: list[T | Unknown] = []

    def ask() -> T:
        if not answers:
            try:
                answers.append(find())
            except Unknown as unknown:
                answers.append(unknown)
        answer = answers[0]
        if isinstance(answer, Unknown):
            raise answer
        return answer

    return ask
