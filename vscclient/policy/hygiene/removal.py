"""The removal of a leftover from a guest."""

from __future__ import annotations

import shlex

from guestinspect.model.leftover import Kind, Leftover
from vscclient.model.fix import Advice, GuestAction, InGuest

_BACKUPS = frozenset(
    ("/etc/passwd-", "/etc/shadow-", "/etc/gshadow-", "/etc/security/opasswd", "/etc/security/opasswd.old")
)
"""Backups with old passwords, which no program needs. Source: passwd(5), pam_pwhistory(8)."""

_HOST_KEYS = "/etc/ssh/ssh_host_"
_SSHD_CONFIG = "/etc/ssh/sshd_config"
_MACHINE_ID = "/etc/machine-id"


def removal_of(leftover: Leftover) -> InGuest | Advice:
    """Return what removes a leftover from its guest.

    A file of the system that has other content too is edited. ``/etc/machine-id`` has to stay, empty: systemd takes a
    missing file for a first boot, and enables all services of the presets. Source: machine-id(5).
    """
    path = leftover.path
    if not path.startswith("/"):  # the name of a volume: the tools that change a guest refuse a disk with two systems
        return Advice("delete the other system, or this in it")
    match leftover.kind:
        case Kind.HOST_KEY if path.startswith(_HOST_KEYS):
            return InGuest(GuestAction.DELETE, f"{_HOST_KEYS}*key*")
        case Kind.IDENTITY if path == _MACHINE_ID:
            return InGuest(GuestAction.EMPTY, path)
        case Kind.PASSWORD if path in ("/etc/passwd", "/etc/shadow"):
            return InGuest(GuestAction.LOCK_PASSWORD, leftover.owner)
        case Kind.OPEN_SSHD if not path.startswith("/etc/cloud/"):
            return InGuest(GuestAction.REFUSE_PASSWORDS, _SSHD_CONFIG)
        case Kind.LOG if not leftover.what.startswith("mail"):
            return InGuest(GuestAction.RUN, f"find {shlex.quote(path)} -type f -delete")
        case Kind.PASSWORD if path in _BACKUPS:
            return InGuest(GuestAction.DELETE, path)
        case Kind.PASSWORD | Kind.CREDENTIAL | Kind.OPEN_SSHD if path.startswith("/etc/"):
            return InGuest(GuestAction.EDIT, path)
    return InGuest(GuestAction.DELETE, path)
