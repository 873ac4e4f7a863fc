"""The init system of a guest: the first program, which starts all others."""

from __future__ import annotations

from enum import StrEnum
from posixpath import basename, dirname, join

from guestinspect.disk.tree import Tree, is_file
from guestinspect.model.fact import Unknown

_MOST_LINKS = 8


class InitSystem(StrEnum):
    """An init system."""

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
"""Files that identify an init system whose program is called ``init``.

The order matters: upstart reads an inittab, too.
"""

_PROGRAMS = {
    InitSystem.SYSTEMD: ("/usr/lib/systemd/systemd", "/lib/systemd/systemd"),
    InitSystem.OPENRC: ("/sbin/openrc", "/usr/sbin/openrc", "/usr/bin/openrc", "/sbin/openrc-init"),
}
"""The programs of init systems that work without a link at ``/sbin/init``."""

PROGRAM_FOLDERS = ("/sbin", "/bin", "/usr/sbin", "/usr/bin", "/lib/systemd", "/usr/lib/systemd")
"""The folders of init programs."""

_SYSTEMD_FOLDERS = ("/usr/lib/systemd/system", "/lib/systemd/system", "/etc/systemd/system")


def find_init_system(tree: Tree) -> InitSystem:
    """Return the init system that the guest boots with.

    A guest with systemd's folders and no ``/sbin/init`` counts as one of systemd: the initramfs may have the program.

    Raises:
        Unreadable: A relevant folder could not be read.
    """
    by_program = _BY_PROGRAM.get(basename(find_program(tree)))
    if by_program is not None:
        return by_program
    if not is_file(tree, "/sbin/init") and any(tree.status(folder) for folder in _SYSTEMD_FOLDERS):
        return InitSystem.SYSTEMD
    by_files = (system for system, paths in _BY_FILES if any(tree.status(path) for path in paths))
    return next(by_files, InitSystem.SYSTEMD)


def require_init_program(tree: Tree) -> None:
    """Raise Unknown if no known init program was found: the services that start are unknown then.

    Such a disk holds a container, a part of a guest, or a guest with another kind of init program. The lack of enabled
    services there does not mean that no NIC comes up. BusyBox's init has an inittab like that of sysvinit, but no
    runlevels: the scripts that it names start what they like. Source: BusyBox 1.36, ``init/init.c``.

    Raises:
        Unreadable: A relevant folder could not be read.
    """
    system = find_init_system(tree)
    paths = _PROGRAMS.get(system, ())
    # find_init_system() falls back to systemd: then /sbin/init counts only if its name is a known one
    program = basename(find_program(tree))
    is_busybox = system is InitSystem.SYSV and program.startswith("busybox")
    if program in _BY_PROGRAM or not (system is InitSystem.SYSTEMD or is_busybox):
        paths += ("/sbin/init",)
    if not any(is_file(tree, path) for path in paths):
        raise Unknown("no known init program (systemd, OpenRC, runit, sysvinit, upstart) was found in the guest")


def system_of_program(name: str) -> InitSystem | None:
    """Return the init system whose program has this name; None: the name does not show it."""
    return _BY_PROGRAM.get(name)


def find_program(tree: Tree, path: str = "/sbin/init") -> str:
    """Return the path of the program that an init program links to; a known name decides, wherever it links to."""
    for _ in range(_MOST_LINKS):
        target = tree.link(path)
        if target is None or basename(path) in _BY_PROGRAM:
            break
        path = join(dirname(path), target)
    return path
