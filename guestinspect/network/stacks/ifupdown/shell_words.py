"""Paths with a shell's wildcards.

Source: glob(7), wordexp(3).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from guestinspect.disk.globs import fnmatchcase
from guestinspect.disk.tree import Tree
from guestinspect.model.fact import Unknown

_WILD = "*?["
_NOT_EXPANDED = "$`~(){}<>|&;\"'\\"
_MOST_PATHS = 2000


def expand(tree: Tree, pattern: str, location: str) -> tuple[str, ...]:
    """Return the paths that match, sorted; a pattern without wildcards as it is, even if there is no such file.

    Args:
        tree: The files of the guest.
        pattern: The pattern.
        location: The location of the pattern, for messages.

    Raises:
        Unreadable: A folder could not be read.
        Unknown: The pattern has a variable or a quote, or matches too many paths.
    """
    if any(sign in _NOT_EXPANDED for sign in pattern):
        raise Unknown(f"{location}: only a shell can evaluate the pattern {pattern!r}")
    paths = [""]
    for part in pattern.strip("/").split("/"):
        matching = (path for folder in paths for path in _expand_part(tree, folder, part))
        paths = list(islice(matching, _MOST_PATHS + 1))
        if len(paths) > _MOST_PATHS:
            raise Unknown(f"{location}: the pattern {pattern!r} matches more than {_MOST_PATHS} paths")
    return tuple(paths)


def _expand_part(tree: Tree, folder: str, part: str) -> Iterator[str]:
    if not any(sign in _WILD for sign in part):
        yield f"{folder}/{part}"
        return
    for name in tree.names(folder or "/"):
        is_hidden = name.startswith(".") and not part.startswith(".")
        if not is_hidden and fnmatchcase(name, part):
            yield f"{folder}/{name}"
