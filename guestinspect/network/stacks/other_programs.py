"""Programs that configure NICs in ways that are not supported here: where one starts, the outcome is unknown.

Source: Gentoo's netifrc; Arch Linux's netctl and dhclient@.service.
"""

from __future__ import annotations

from collections.abc import Iterator

from guestinspect.guest.services.init_system import InitSystem
from guestinspect.model.fact import Unknown
from guestinspect.network.stack import Machine, Stack

_SERVICES = ("netctl-auto", "netifrc", "dhclient", "udhcpc", "ifplugd", "netifd")
_TEMPLATES = ("netctl@", "netctl-ifplugd@", "dhclient@", "udhcpc@", "ifplugd@", "net@")
_OPENRC = ("/etc/runlevels/boot", "/etc/runlevels/default")


def find_active(machine: Machine) -> Stack | None:
    """Return None if the guest starts no such program.

    Raises:
        Unknown: It starts one.
    """
    for location in _find_started(machine):
        raise Unknown(f"{location} configures NICs in a way that is not supported here")
    return None


def _find_started(machine: Machine) -> Iterator[str]:
    """Yield the locations of services and units that configure NICs."""
    for service in _SERVICES:
        start = machine.units.starts(service)
        if start.is_started:
            yield start.why.location or service
    for template in _TEMPLATES:
        yield from machine.units.instances(template)
    if machine.units.init_system is InitSystem.OPENRC:  # netifrc has a service for each NIC: net.eth0
        services = (f"{folder}/{name}" for folder in _OPENRC for name in machine.tree.names(folder))
        yield from (path for path in services if "/net." in path and not path.endswith("/net.lo"))
