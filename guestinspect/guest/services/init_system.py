"""The first program of a guest: the one that starts all others."""

from __future__ import annotations

from enum import StrEnum
from posixpath import basename, dirname, join

from guestinspect.disk.tree import Tree, is_file
from guestinspect.model.fact import Unknown

_MOST_LINKS = 8


class InitSystem(StrEnum):
    """Which program that is."""

    SYSTEMD = "systemd"
    SYSV = "sysvinit"
    UPSTART = "upstart"
    OPENRC = "openrc"
    RUNIT = "runit"


_BY_PROGRAM = {
    "systemd": InitSystem.SYSTEMD,
    "runit": InitSystem.RUNIT,
    "runit-init": InitSystem.RUNIT,
    "openrc-init": InitSystem.OPENRC,
    "upstart": InitSystem.UPSTART,
}

_BY_FILES = (
    (InitSystem.OPENRC, ("/sbin/openrc", "/usr/sbin/openrc", "/usr/bin/openrc", "/sbin/openrc-run", "/etc/runlevels")),
    (InitSystem.UPSTART, ("/sbin/initctl",)),
    (InitSystem.RUNIT, ("/etc/runit/2",)),
    (InitSystem.SYSV, ("/etc/inittab", "/etc/rc.d/rc", "/etc/init.d/rc")),
)
"""What tells programs apart that are all called ``init``, in this order; upstart reads an inittab, too."""

_PROGRAMS = {
    InitSystem.SYSTEMD: ("/usr/lib/systemd/systemd", "/lib/systemd/systemd"),
    InitSystem.OPENRC: ("/sbin/openrc", "/usr/sbin/openrc", "/usr/bin/openrc", "/sbin/openrc-init"),
}
"""Where programs are that start services without a link at ``/sbin/init``."""


def find_init_system(tree: Tree) -> InitSystem:
    """Which program the guest boots with.

    A guest that has systemd and no ``/sbin/init`` (it may be in the initramfs alone) is taken for one of systemd.

    Raises:
        Unreadable: A folder that decides could not be read.
    """
    named = _BY_PROGRAM.get(_program(tree))
    if named is not None:
        return named
    if not is_file(tree, "/sbin/init") and _has_systemd(tree):
        return InitSystem.SYSTEMD
    return next((kind for kind, paths in _BY_FILES if any(tree.status(path) for path in paths)), InitSystem.SYSTEMD)


def require_init_program(tree: Tree) -> None:
    """Raise Unknown if no init program that is known was found: nothing then tells which services start.

    A disk without one holds a container, a part of a guest, or a guest with an init program of another kind. That no
    service is enabled there does not mean that no NIC comes up.

    Raises:
        Unreadable: A folder that decides could not be read.
    """
    system = find_init_system(tree)
    paths = _PROGRAMS.get(system, ())
    if system is not InitSystem.SYSTEMD or _program(tree) in _BY_PROGRAM:  # else /sbin/init may be of another kind
        paths += ("/sbin/init",)
    if not any(is_file(tree, path) for path in paths):
        raise Unknown("no known init program (systemd, OpenRC, runit, sysvinit, upstart) was found in the guest")


def _program(tree: Tree) -> str:
    """The name of what ``/sbin/init`` is, behind its links."""
    path = "/sbin/init"
    for _ in range(_MOST_LINKS):
        target = tree.link(path)
        if target is None or basename(path) in _BY_PROGRAM:
            break
        path = join(dirname(path), target)
    return basename(path)


def _has_systemd(tree: Tree) -> bool:
    folders = ("/usr/lib/systemd/system", "/lib/systemd/system", "/etc/systemd/system")
    return any(tree.status(folder) for folder in folders)
