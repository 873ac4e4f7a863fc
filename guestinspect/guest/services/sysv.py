"""Services that links in the folders of runlevels start: those of System V's init, and of upstart."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from guestinspect.disk.tree import Tree, is_file, lines

_FOLDERS = ("/etc", "/etc/rc.d")
"""Debian's and Red Hat's."""


def find_script(tree: Tree, service: str) -> str | None:
    """The path of a service's script; None: there is none."""
    paths = (f"{folder}/init.d/{service}" for folder in _FOLDERS)
    return next((path for path in paths if is_file(tree, path)), None)


def find_start_link(tree: Tree, service: str, runlevels: Collection[str]) -> str | None:
    """The link that starts a service in one of these runlevels: ``/etc/rc3.d/S10network``; None: there is none.

    Raises:
        Unreadable: A runlevel's folder could not be read.
    """
    for runlevel in runlevels:
        for folder in _FOLDERS:
            for name in tree.names(f"{folder}/rc{runlevel}.d"):
                if name[:1] == "S" and name[1:].lstrip("0123456789") == service:
                    return f"{folder}/rc{runlevel}.d/{name}"
    return None


def list_boot_runlevels(tree: Tree) -> tuple[str, ...]:
    """The runlevels that a boot goes through: ``S`` and the default of the inittab (without one, 2).

    Source: inittab(5); RC_DEFAULT of rc-sysinit.conf is 2 in Ubuntu.
    """
    for _, line in lines(tree, "/etc/inittab"):
        fields = line.strip().split(":")
        if not line.lstrip().startswith("#") and fields[2:3] == ["initdefault"]:
            return ("S", fields[1])
    return ("S", "2")


def find_upstart_job(tree: Tree, service: str) -> str | None:
    """Where a job of upstart says that it starts by itself; None: it does not.

    Source: init(5) of upstart: a line ``manual``, also in an override, takes back ``start on``.
    """
    start: str | None = None
    for path in (f"/etc/init/{service}.conf", f"/etc/init/{service}.override"):
        for location, words in _stanzas(tree, path):
            if words[:2] == ["start", "on"]:
                start = location
            elif words == ["manual"]:
                start = None
    return start


def _stanzas(tree: Tree, path: str) -> Iterator[tuple[str, list[str]]]:
    for number, line in lines(tree, path):
        words = line.split()
        if words and not words[0].startswith("#"):
            yield f"{path}:{number}", words
