"""A command that a guest runs by itself: at boot, again and again, or when a NIC appears."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class StartupCommand:
    """A command that a guest runs by itself.

    Args:
        text: The command line, or several, as a shell would read them.
        location: The file and the line that start it.
        is_repeated: True if it runs on, or again later, so that it may configure a NIC that is attached later.
        program: The program, if it is known by its path; its effect counts, even if it is not a script.
        is_opaque: True if its effect cannot be found out by reading it: a generator writes units, for instance.
    """

    text: str
    location: str
    is_repeated: bool = False
    program: str = ""
    is_opaque: bool = False


@dataclass(frozen=True)
class Effect:
    """An effect of a command on the NICs, known or possible.

    Args:
        what: The command, as the object of a sentence.
        location: The file and the line.
        is_lasting: True if it may also configure a NIC that is attached later: it starts a network service.
    """

    what: str
    location: str
    is_lasting: bool = False
