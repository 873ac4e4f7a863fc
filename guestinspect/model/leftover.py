"""What must not be left in a guest that others will use, and what gives it away: the table is ``SIGNS`` of
``guestinspect/leftovers/patterns.py``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What sort of thing was left; each has its rule."""

    HOST_KEY = "SSH host key"
    AUTHORIZED_KEY = "authorized key"
    PRIVATE_KEY = "private key"
    PASSWORD = "password"  # noqa: S105
    HISTORY = "history"
    CREDENTIAL = "credential"
    IDENTITY = "identity of one machine"
    OPEN_SSHD = "sshd that lets passwords or root in"
    LOG = "log or mail"


@dataclass(frozen=True)
class Leftover:
    """One thing that was left. What is in it is never kept.

    Args:
        kind: What sort of thing.
        path: In the guest.
        what: In words: ``RSA private key``, ``password of root``.
        owner: Name of the user who owns it, or the number if it has no name.
    """

    kind: Kind
    path: str
    what: str
    owner: str = ""


@dataclass(frozen=True)
class LeftoverPattern:
    """What gives a leftover away: where it lies, and what is in it.

    Args:
        kind: What sort of thing it is.
        what: In words, without its article.
        paths: Patterns of paths. ``~`` stands for every home folder, ``*`` for any part of one name, ``**`` for a
            folder and all those below it. A pattern that ends in ``/`` means a folder with something in it.
        content: What its beginning shows, where a name alone proves nothing; None: it is not empty.
        but: Patterns of names that are something else.
    """

    kind: Kind
    what: str
    paths: tuple[str, ...]
    content: re.Pattern[bytes] | None = None
    but: tuple[str, ...] = ()


def leftover_pattern(
    kind: Kind, what: str, paths: str, content: bytes | None = None, *, but: str = ""
) -> LeftoverPattern:
    """A sign in few words: patterns between spaces, and a regular expression that looks at each line.

    None of the expressions may take more than linear time: what they read comes from strangers.
    """
    compiled = None if content is None else re.compile(content, re.MULTILINE)
    return LeftoverPattern(kind, what, tuple(paths.split()), compiled, tuple(but.split()))
