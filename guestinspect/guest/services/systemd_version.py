"""The version of systemd in a guest: its private library has it in its name since version 231."""

from __future__ import annotations

import re

from guestinspect.disk.tree import Tree

_LIBRARIES = (
    *("/usr/lib/systemd", "/usr/lib64/systemd", "/lib/systemd"),
    *("/usr/lib/x86_64-linux-gnu/systemd", "/usr/lib/aarch64-linux-gnu/systemd"),
)
_LIBRARY = re.compile(r"libsystemd-shared-(\d{1,5})")


def find_systemd_version(tree: Tree) -> int | None:
    """Return the version of systemd: 252; None: its library was not found."""
    names = (name for folder in _LIBRARIES for name in tree.names(folder))
    return max((int(match[1]) for name in names if (match := _LIBRARY.match(name)) is not None), default=None)
