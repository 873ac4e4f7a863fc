"""The lines ``source`` that ifupdown-ng cannot follow: before version 0.13 it then refuses the whole file.

Source: ifupdown-ng's libifupdown/interface-file.c, handle_source: the versions up to 0.12 open the name as it stands;
a pattern does not name a file, and a missing file ends the program. Later ones expand it with wordexp(3).
Three boots of Debian
12's ifupdown-ng 0.11.4~rc1 confirm it: "could not parse /etc/network/interfaces" with the pattern of Debian's default
file, and NICs that come up without that line.
"""

from __future__ import annotations

from guestinspect.disk.tree import Tree
from guestinspect.model.fact import Unknown
from guestinspect.model.guest import Step
from guestinspect.network.stacks.ifupdown.interfaces import Line

_PROGRAMS = ("/sbin/ifupdown", "/usr/sbin/ifupdown", "/sbin/ifup", "/usr/sbin/ifup")
_LIMIT_BYTES = 2 * 1024**2
"""The program has 90 KiB."""
_EXPANDS = b"wordexp"
"""The function of the C library, whose name is in the table of symbols of each version that uses it."""


def find_obstacle(tree: Tree, source: Line) -> Step | None:
    """Return the reason why ifupdown-ng refuses its file; None if its version expands patterns.

    Args:
        tree: The guest's files.
        source: A line that names no single file that exists.

    Raises:
        Unknown: The version of the program is unknown.
    """
    path = next((path for path in _PROGRAMS if tree.status(path) is not None), "")
    program = (tree.read(path, _LIMIT_BYTES) if path else None) or b""
    if not program.startswith(b"\x7fELF"):
        raise Unknown(f"whether this version of ifupdown-ng expands the pattern {source.text!r} is unknown")
    if _EXPANDS in program:
        return None
    what = (
        f"this version of ifupdown-ng looks for a file with the name {source.text!r}, and brings nothing up without it"
    )
    return Step(what, source.location)
