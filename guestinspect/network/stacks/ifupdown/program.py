"""The programs with the name ``ifup``, and the one that a guest has.

Source: the files of Debian's packages ifupdown, ifupdown2 and ifupdown-ng; Alpine's busybox and busybox-suid.
"""

from __future__ import annotations

from enum import StrEnum
from posixpath import basename

from guestinspect.disk.tree import Tree

_PATHS = ("/sbin/ifup", "/usr/sbin/ifup")


class IfupProgram(StrEnum):
    """The programs with the name ``ifup``."""

    IFUPDOWN = "ifupdown"
    IFUPDOWN2 = "ifupdown2"
    IFUPDOWN_NG = "ifupdown-ng"
    BUSYBOX = "busybox ifup"


def find_program(tree: Tree) -> IfupProgram | None:
    """Return the program that ``ifup`` is; None if there is none, or another distribution's program of that name."""
    path = next((path for path in _PATHS if tree.status(path) is not None), None)
    if path is None:
        return None
    if tree.status("/usr/share/ifupdown2") is not None:
        return IfupProgram.IFUPDOWN2
    if tree.status("/usr/libexec/ifupdown-ng") is not None or tree.status("/etc/network/ifupdown-ng.conf") is not None:
        return IfupProgram.IFUPDOWN_NG
    target = basename(tree.link(path) or "")
    if target in ("busybox", "bbsuid"):
        return IfupProgram.BUSYBOX
    return IfupProgram.IFUPDOWN if target in ("", "ifup") else None
