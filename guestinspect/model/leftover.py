"""Data that a previous user left in a guest: keys, passwords, histories, identifiers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """The kinds of leftovers; each has its rule."""

    HOST_KEY = "SSH host key"
    AUTHORIZED_KEY = "authorized key"
    PRIVATE_KEY = "private key"
    PASSWORD = "password"  # noqa: S105 - a kind, not a password
    HISTORY = "history"
    CREDENTIAL = "credential"
    IDENTITY = "identity of one machine"
    OPEN_SSHD = "sshd that lets passwords or root in"
    LOG = "log or mail"


@dataclass(frozen=True)
class Leftover:
    """One leftover. Its content is never kept.

    Args:
        kind: The kind.
        path: The path in the guest; in another system on the disk, behind the name of its volume:
            ``partition 2:/etc/shadow``.
        what: The leftover in words: ``RSA private key``, ``password of root``.
        owner: Name of the user who owns it, or the user's number if it has no name.
    """

    kind: Kind
    path: str
    what: str
    owner: str = ""
