"""The root of all errors."""

from __future__ import annotations

from typing import ClassVar

from guestinspect.model.printable import printable


class Terminated(SystemExit):
    """A signal ends the command; a rule of a site that calls ``sys.exit()`` does not."""


class Error(Exception):
    """The root. ``str()`` is the message: cause, object, next step; safe to print."""

    exit_status: ClassVar[int] = 1

    def sentence(self) -> str:
        """Return the message for the user; it may hold a stranger's text as it is."""
        raise NotImplementedError

    def __str__(self) -> str:
        return "\n".join(printable(line) for line in self.sentence().splitlines())
