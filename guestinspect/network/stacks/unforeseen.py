"""What configures NICs in ways that are not followed here: where it is started, nobody can tell what comes up.

Source: Gentoo's netifrc; Arch Linux's netctl and dhclient@.service; systemd-rc-local-generator(8).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from guestinspect.disk.tree import Tree, Type, lines
from guestinspect.guest.services.init_system import InitSystem
from guestinspect.model.fact import Unknown
from guestinspect.network.stack import Machine, Stack

_SERVICES = ("netctl-auto", "netifrc", "dhclient", "udhcpc", "ifplugd", "netifd")
_TEMPLATES = ("netctl@", "netctl-ifplugd@", "dhclient@", "udhcpc@", "ifplugd@", "net@")
_OPENRC = ("/etc/runlevels/boot", "/etc/runlevels/default")
_LOCAL_UNITS = "/etc/systemd/system"
_LOCAL_SCRIPTS = ("/etc/rc.local", "/etc/rc.d/rc.local")
_CONFIGURES = re.compile(
    r"\b(?:dhclient|dhcpcd|udhcpc|ifup|ifconfig\s{1,9}\S{1,32}\s{1,9}\d|ip\s(?:-\S{1,9}\s)?a(?:ddr)?(?:ess)?\s{1,9}add|nmcli\s{1,9}con\w{0,9}\s{1,9}up"
    r"|networkctl\s{1,9}up)\b"
)
"""A command that gives a NIC an address. Source: the manual pages of these."""


def active(machine: Machine) -> Stack | None:
    """None: nothing of this kind is started.

    Raises:
        Unknown: It is.
    """
    for location in _started(machine):
        raise Unknown(f"{location} configures NICs in a way that is not followed")
    return None


def _started(machine: Machine) -> Iterator[str]:
    for service in _SERVICES:
        state = machine.units.starts(service)
        if state.is_started:
            yield state.why.location or service
    for template in _TEMPLATES:
        yield from machine.units.instances(template)
    if machine.units.init_system is InitSystem.OPENRC:
        yield from _of_openrc(machine.tree)
    if machine.units.init_system is InitSystem.SYSTEMD:
        yield from _units_of_the_guest(machine)
    yield from _scripts(machine)


def _of_openrc(tree: Tree) -> Iterator[str]:
    """Netifrc has a service for each NIC: ``net.eth0``."""
    for folder in _OPENRC:
        yield from (f"{folder}/{name}" for name in tree.names(folder) if name.startswith("net.") and name != "net.lo")


def _units_of_the_guest(machine: Machine) -> Iterator[str]:
    """Units that somebody wrote for this guest, and that run a program for addresses."""
    for name in machine.tree.names(_LOCAL_UNITS):
        path = f"{_LOCAL_UNITS}/{name}"
        if not name.endswith(".service") or machine.tree.link(path) is not None or "@." in name:
            continue
        runs = [number for number, line in lines(machine.tree, path) if _is_run(line)]
        if runs and machine.units.starts(name).is_started:
            yield f"{path}:{runs[0]}"


def _is_run(line: str) -> bool:
    return line.strip().startswith("Exec") and _CONFIGURES.search(line) is not None


def _scripts(machine: Machine) -> Iterator[str]:
    """Systemd runs the script only if it is executable."""
    for path in _LOCAL_SCRIPTS:
        status = machine.tree.status(path)
        if status is None or status.type is not Type.FILE or not status.mode & 0o111:
            continue
        for number, line in lines(machine.tree, path):
            if not line.lstrip().startswith("#") and _CONFIGURES.search(line) is not None:
                yield f"{path}:{number}"
