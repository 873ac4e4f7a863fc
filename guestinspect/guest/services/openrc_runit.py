"""Services that a folder of services starts: those of OpenRC (Alpine, Gentoo) and of runit (Void)."""

from __future__ import annotations

from guestinspect.disk.tree import Tree, is_file

_OPENRC_RUNLEVELS = ("sysinit", "boot", "default")
_RUNIT_FOLDERS = ("/etc/runit/runsvdir/default", "/var/service", "/etc/service")


def find_openrc_link(tree: Tree, service: str) -> str | None:
    """Return the link that starts a service of OpenRC; None: it has no link, or no script.

    Raises:
        Unreadable: The folder of a runlevel could not be read.
    """
    if not is_file(tree, f"/etc/init.d/{service}"):
        return None
    folders = (f"/etc/runlevels/{runlevel}" for runlevel in _OPENRC_RUNLEVELS)
    return next((f"{folder}/{service}" for folder in folders if service in tree.names(folder)), None)


def find_runit_link(tree: Tree, service: str) -> str | None:
    """Return the link that starts a service of runit; None: it has no link, or a file ``down`` prevents its start.

    Raises:
        Unreadable: A folder of services could not be read.

    Source: runsv(8).
    """
    for folder in _RUNIT_FOLDERS:
        if service in tree.names(folder) and tree.status(f"{folder}/{service}/run") is not None:
            return None if tree.status(f"{folder}/{service}/down") is not None else f"{folder}/{service}"
    return None
