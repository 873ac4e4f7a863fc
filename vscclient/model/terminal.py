"""The user's side of a command while it runs."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:  # its dataclasses cost every openstack some milliseconds
    from vscclient.model.finding import Report


class Progress(Protocol):
    """The progress of a long operation."""

    def advance(self, done_bytes: int) -> None:
        """Count more bytes as done."""

    def set_step(self, step: str) -> None:
        """Show the next step: "the cloud is storing the data"."""


class Terminal(Protocol):
    """Sentences, findings, questions and progress for the user. None of them goes to stdout."""

    def say(self, sentence: str) -> None:
        """Print a line about the current step."""

    def findings(self, report: Report) -> None:
        """Print the findings of the policy: warnings and errors."""

    def confirm(self, question: str) -> bool:
        """Ask the user; return False if the answer is no, or if nobody can be asked."""

    def progress(self, doing: str, total_bytes: int | None) -> AbstractContextManager[Progress]:
        """Show the progress in bytes while the context lasts.

        Args:
            doing: The operation: "sending".
            total_bytes: All bytes of the operation; None if their number is unknown.
        """

    def count(self, doing: str, total: int) -> AbstractContextManager[Progress]:
        """Show on a terminal how many objects are done while the context lasts.

        Args:
            doing: The operation: "checking".
            total: All objects of the operation.
        """


class SilentProgress:
    """Progress that is not shown."""

    def advance(self, done_bytes: int) -> None:
        """Do nothing."""

    def set_step(self, step: str) -> None:
        """Do nothing."""


class SilentTerminal:
    """A terminal for callers from Python: it prints nothing, and answers every question with no."""

    def say(self, sentence: str) -> None:
        """Do nothing."""

    def findings(self, report: Report) -> None:
        """Print nothing: a refusal has its report."""

    def confirm(self, question: str) -> bool:
        """Return False: nobody was asked."""
        return False

    def progress(self, doing: str, total_bytes: int | None) -> AbstractContextManager[Progress]:
        """Do nothing."""
        return nullcontext(SilentProgress())

    def count(self, doing: str, total: int) -> AbstractContextManager[Progress]:
        """Do nothing."""
        return nullcontext(SilentProgress())
