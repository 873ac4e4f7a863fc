"""The QEMU guest agent in a guest."""

from __future__ import annotations

from collections.abc import Iterator

from guestinspect.disk.tree import Tree, is_file
from guestinspect.guest.services.units import Units
from guestinspect.model.fact import Fact

_GUEST_AGENTS = ("/usr/sbin/qemu-ga", "/usr/bin/qemu-ga", "/usr/local/bin/qemu-ga")
_GUEST_AGENT_SERVICES = ("qemu-guest-agent", "qemu-ga")
_UNIT_FOLDERS = (
    "/etc/systemd/system",
    "/usr/local/lib/systemd/system",
    "/usr/lib/systemd/system",
    "/lib/systemd/system",
)
_UDEV_FOLDERS = ("/etc/udev/rules.d", "/usr/lib/udev/rules.d", "/lib/udev/rules.d")
_LOCAL_UNITS = _UNIT_FOLDERS[0]
_PORT = "org.qemu.guest_agent.0.device.wants"
"""The end of the name of the folder of units that systemd starts with the hypervisor's port.

The whole name is ``dev-virtio\\x2dports-org.qemu.guest_agent.0.device.wants``. Source: systemd.device(5).
"""


def find_guest_agent(tree: Tree, units: Units) -> Fact[bool]:
    """Return True if the QEMU guest agent is installed and started.

    It is started at boot, or when systemd or udev finds the port that the hypervisor offers.
    """
    program = next((path for path in _GUEST_AGENTS if is_file(tree, path)), None)
    if program is None:
        return Fact(False, "the QEMU guest agent is not installed")
    for service in _GUEST_AGENT_SERVICES:
        start = units.starts(service)
        if start.is_started:
            return Fact(True, start.why.location or start.why.what)
        if _is_masked(tree, service):
            return Fact(False, f"{_LOCAL_UNITS}/{service}.service")
    wanted = next(_find_port_triggers(tree), None)
    return Fact(wanted is not None, wanted or program)


def _is_masked(tree: Tree, service: str) -> bool:
    unit = f"{service}.service"
    return unit in tree.names(_LOCAL_UNITS) and tree.link(f"{_LOCAL_UNITS}/{unit}") == "/dev/null"


def _find_port_triggers(tree: Tree) -> Iterator[str]:
    """Yield the folders and udev rules that start the guest agent when its port appears."""
    for folder in _UNIT_FOLDERS:
        for name in tree.names(folder):
            if name.endswith(_PORT) and any("qemu-" in wanted for wanted in tree.names(f"{folder}/{name}")):
                yield f"{folder}/{name}"
    for folder in _UDEV_FOLDERS:
        for name in tree.names(folder):
            if "qemu-guest-agent" in name and b"SYSTEMD_WANTS" in (tree.read(f"{folder}/{name}") or b""):
                yield f"{folder}/{name}"
