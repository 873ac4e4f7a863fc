"""The root of all errors."""

from __future__ import annotations

from typing import ClassVar

from guestinspect.model.printable import printable


class Terminated(SystemExit):
    """A signal ends the command; a rule of a site that calls ``sys.exit()`` does not."""


class Error(Exception):
    """The root. ``str()`` is the message: cause, object, next step; safe to print.

    Its fields hold texts of strangers: the name of an image, the answer of a service. Control characters and line ends
    in them are made visible when a field is set, so that the only line ends are those of the sentence.
    """

    exit_status: ClassVar[int] = 1

    composed: ClassVar[frozenset[str]] = frozenset()
    """The fields that consist of safe lines: the messages of other errors."""

    def __setattr__(self, name: str, value: object) -> None:
        if name not in self.composed:
            if isinstance(value, str):
                value = printable(value)
            elif isinstance(value, list | tuple):
                value = tuple(printable(item) if isinstance(item, str) else item for item in value)
        super().__setattr__(name, value)

    def sentence(self) -> str:
        """Return the message for the user."""
        raise NotImplementedError

    def __str__(self) -> str:
        return "\n".join(printable(line) for line in self.sentence().split("\n"))


def system_reason(failure: OSError) -> str:
    """Return the reason of the operating system, with the file if there is one, without Python's "[Errno 28]"."""
    reason = (failure.strerror or str(failure) or type(failure).__name__).lower()
    return f"{failure.filename}: {reason}" if isinstance(failure.filename, str) else reason
