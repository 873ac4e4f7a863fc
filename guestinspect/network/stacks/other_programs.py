"""Programs that configure NICs in ways that are not supported here: where one starts, the outcome is unknown.

Source: Gentoo's netifrc; Arch Linux's netctl and dhclient@.service; systemd-rc-local-generator(8).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from guestinspect.disk.tree import Type, lines
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
"""A command that gives a NIC an address. Source: the manual pages of these programs."""


def find_active(machine: Machine) -> Stack | None:
    """Return None if the guest starts no such program.

    Raises:
        Unknown: It starts one.
    """
    for location in _find_started(machine):
        raise Unknown(f"{location} configures NICs in a way that is not supported here")
    return None


def _find_started(machine: Machine) -> Iterator[str]:
    """Yield the locations of services, units and scripts that configure NICs."""
    for service in _SERVICES:
        start = machine.units.starts(service)
        if start.is_started:
            yield start.why.location or service
    for template in _TEMPLATES:
        yield from machine.units.instances(template)
    if machine.units.init_system is InitSystem.OPENRC:  # netifrc has a service for each NIC: net.eth0
        services = (f"{folder}/{name}" for folder in _OPENRC for name in machine.tree.names(folder))
        yield from (path for path in services if "/net." in path and not path.endswith("/net.lo"))
    if machine.units.init_system is InitSystem.SYSTEMD:
        yield from _find_local_units(machine)
    for path in _LOCAL_SCRIPTS:
        status = machine.tree.status(path)
        if status is None or status.type is not Type.FILE or not status.mode & 0o111:
            continue  # systemd runs the script only if it is executable
        for number, line in lines(machine.tree, path):
            if not line.lstrip().startswith("#") and _CONFIGURES.search(line) is not None:
                yield f"{path}:{number}"


def _find_local_units(machine: Machine) -> Iterator[str]:
    """Yield the units that somebody wrote for this guest and that run such a command."""
    for name in machine.tree.names(_LOCAL_UNITS):
        path = f"{_LOCAL_UNITS}/{name}"
        if not name.endswith(".service") or machine.tree.link(path) is not None or "@." in name:
            continue
        commands = ((number, line) for number, line in lines(machine.tree, path) if line.strip().startswith("Exec"))
        first = next((number for number, line in commands if _CONFIGURES.search(line) is not None), None)
        if first is not None and machine.units.starts(name).is_started:
            yield f"{path}:{first}"
