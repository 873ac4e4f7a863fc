"""Services that links in the folders of runlevels start: those of System V's init and of upstart."""

from __future__ import annotations

from collections.abc import Collection

from guestinspect.disk.tree import Tree, is_file, lines

_FOLDERS = ("/etc", "/etc/rc.d")
"""The folders of Debian and of Red Hat."""


def find_script(tree: Tree, service: str) -> str | None:
    """Return the path of a service's script; None: it has no script."""
    paths = (f"{folder}/init.d/{service}" for folder in _FOLDERS)
    return next((path for path in paths if is_file(tree, path)), None)


def find_start_link(tree: Tree, service: str, runlevels: Collection[str]) -> str | None:
    """Return the link that starts a service in one of the runlevels: ``/etc/rc3.d/S10network``; None: it has no link.

    Raises:
        Unreadable: The folder of a runlevel could not be read.
    """
    for runlevel in runlevels:
        for folder in _FOLDERS:
            for name in tree.names(f"{folder}/rc{runlevel}.d"):
                if name[:1] == "S" and name[1:].lstrip("0123456789") == service:
                    return f"{folder}/rc{runlevel}.d/{name}"
    return None


def find_boot_link(tree: Tree, service: str) -> str | None:
    """Return the link that starts a service in a runlevel of the boot; None: it has no link, or no script.

    The runlevels of a boot are ``S`` and the default of the inittab, which is 2 without one. Source: inittab(5);
    RC_DEFAULT of rc-sysinit.conf is 2 in Ubuntu.
    """
    if find_script(tree, service) is None:
        return None
    runlevel = "2"
    for _, line in lines(tree, "/etc/inittab"):
        fields = line.strip().split(":")
        if not line.lstrip().startswith("#") and fields[2:3] == ["initdefault"]:
            runlevel = fields[1]
            break
    return find_start_link(tree, service, ("S", runlevel))


def find_upstart_start(tree: Tree, service: str) -> str | None:
    """Return what makes upstart start a service at boot: a line of its job, or the link of its script; None: nothing.

    Source: init(5) of upstart: ``manual``, also in an override, cancels ``start on``.
    """
    start: str | None = None
    for path in (f"/etc/init/{service}.conf", f"/etc/init/{service}.override"):
        for number, line in lines(tree, path):
            words = line.split()
            if words[:2] == ["start", "on"]:
                start = f"{path}:{number}"
            elif words == ["manual"]:
                start = None
    return start or find_boot_link(tree, service)
