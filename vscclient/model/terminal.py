"""Whom a command talks to while it works."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:  # its dataclasses cost every openstack some milliseconds
    from vscclient.model.finding import Report


class Progress(Protocol):
    """How far a long piece of work is."""

    def advance(self, done_bytes: int) -> None:
        """This many more bytes are done."""

    def now(self, doing: str) -> None:
        """What follows: "the cloud is storing it"."""


class Terminal(Protocol):
    """The user's side of a command: sentences, findings, questions and progress. Nothing of it reaches stdout."""

    def say(self, sentence: str) -> None:
        """One line of what is going on."""

    def findings(self, report: Report) -> None:
        """What the policy found, warnings and worse."""

    def confirm(self, question: str) -> bool:
        """Whether the user agrees; False where nobody can be asked."""

    def progress(self, doing: str, total_bytes: int | None) -> AbstractContextManager[Progress]:
        """Shows how far it is while the context lasts.

        Args:
            doing: What is being done: "sending".
            total_bytes: How much there is, in bytes; None when nobody knows.
        """

    def count(self, doing: str, total: int) -> AbstractContextManager[Progress]:
        """Shows how many things are done, on a terminal alone, while the context lasts.

        Args:
            doing: What is being done: "judging".
            total: How many there are.
        """


class SilentProgress:
    """Says nothing."""

    def advance(self, done_bytes: int) -> None:
        """Nothing to show."""

    def now(self, doing: str) -> None:
        """Nothing to show."""


class SilentTerminal:
    """For callers from Python: says nothing, and declines every question."""

    def say(self, sentence: str) -> None:
        """Nothing to show."""

    def findings(self, report: Report) -> None:
        """Nothing to show: a refusal carries its report."""

    def confirm(self, question: str) -> bool:
        """No: nobody was asked."""
        return False

    def progress(self, doing: str, total_bytes: int | None) -> AbstractContextManager[Progress]:
        """Nothing to show."""
        return nullcontext(SilentProgress())

    def count(self, doing: str, total: int) -> AbstractContextManager[Progress]:
        """Nothing to show."""
        return nullcontext(SilentProgress())
