"""RHEL's network scripts: the service ``network`` and its ifcfg files.

Source: initscripts' sysconfig.txt, etc/rc.d/init.d/network, network-scripts/ifup, ifup-eth and network-functions.
"""

from __future__ import annotations

import re
from functools import cached_property

from guestinspect.disk.tree import is_file
from guestinspect.model.fact import Unknown
from guestinspect.model.guest import Pin, Step
from guestinspect.network.nic import Nic
from guestinspect.network.stack import Answer, Machine, Method, ServiceStack, Stack
from guestinspect.network.stacks.ifcfg import file as ifcfg
from guestinspect.network.stacks.ifcfg.file import Ifcfg
from guestinspect.network.stacks.networkmanager.ifcfg_rh import FOLDER, NETWORK, has_default_route

_SCRIPTS = ("/etc/rc.d/init.d/network", "/etc/init.d/network")
_IGNORED = re.compile(r"(?:~|\.bak|\.old|\.orig|\.rpmnew|\.rpmorig|\.rpmsave)$|:|^ifcfg-lo$|^ifcfg-.*-range")
_PORT_KEYS = ("MASTER", "BRIDGE", "TEAM_MASTER", "OVS_BRIDGE")
_KINDS = frozenset({"", "ethernet"})


def find_active(machine: Machine) -> Stack | None:
    """Return the network scripts if this guest has and starts them. SUSE calls another service ``network``, too."""
    if not any(is_file(machine.tree, script) for script in _SCRIPTS) or not machine.tree.names(FOLDER):
        return None
    start = machine.units.starts("network").require_known()
    return NetworkScripts(machine, (start.why,)) if start.is_started else None


class NetworkScripts(ServiceStack):
    """The service ``network`` in a guest that starts it."""

    name = "network-scripts"

    def answer(self, nic: Nic) -> Answer:
        """Return the outcome for a NIC.

        Raises:
            Unknown: The outcome cannot be forecast.
        """
        answers = [self._apply(config, nic) for config in self._files if _applies(config, nic)]
        if not answers:
            return Answer(Method.NONE, (Step(f"no ifcfg file applies to {nic.name}", FOLDER),))
        up = next((answer for answer in answers if answer.comes_up), None)
        if up is None:
            return Answer(Method.NONE, tuple(step for answer in answers for step in answer.why))
        if nic.is_hotplugged:
            raise Unknown(f"whether {up.why[0].location} is used when {nic.name} appears is unknown")
        if not is_file(self._tree, NETWORK):  # the script checks both before it does anything
            raise Unknown(f"the service network does nothing until somebody writes {NETWORK}")
        if self._network.is_no("NETWORKING"):
            raise Unknown(f"{self._network.location('NETWORKING')} switches the service network off")
        return up

    def pins(self) -> tuple[Pin, ...]:
        """Return the MAC addresses and names in its files that no NIC of an instance has."""
        names, macs = self._machine.names, self._machine.macs
        return tuple(pin for config in self._files for pin in ifcfg.find_pins(config, names, macs))

    @cached_property
    def _files(self) -> tuple[Ifcfg, ...]:
        return tuple(ifcfg.list_ifcfg_files(self._tree, FOLDER, _IGNORED))

    @cached_property
    def _network(self) -> Ifcfg:
        return ifcfg.read_ifcfg(self._tree, NETWORK)

    def _apply(self, config: Ifcfg, nic: Nic) -> Answer:
        """Return the outcome of a file for a NIC to which it applies."""
        if "" in config.needs_shell:
            raise Unknown(f"{config.path} has lines that only a shell can evaluate")
        obstacle = self._obstacle(config, nic)
        if obstacle is not None:
            return Answer(Method.NONE, (obstacle,))
        is_by_dhcp = config.text("BOOTPROTO") in ("dhcp", "bootp")
        method = Method.DHCP if is_by_dhcp else Method.STATIC if config.has_address() else Method.NONE
        how = {Method.DHCP: "by DHCP", Method.STATIC: "with a fixed address", Method.NONE: "without an address"}[method]
        step = Step(f"{config.path.rpartition('/')[2]} brings {nic.name} up {how}", config.location("BOOTPROTO"))
        has_route = method is not Method.NONE and has_default_route(config, self._network)
        return Answer(method, (step,), has_default_route=has_route, has_metric=bool(config.text("METRIC")))

    def _obstacle(self, config: Ifcfg, nic: Nic) -> Step | None:
        """Return the reason why a file does not bring up a NIC to which it applies; None if it does."""
        if config.is_no("ONBOOT"):
            return Step(f"{nic.name} is not brought up at boot", config.location("ONBOOT"))
        if config.text("HWADDR") and config.text("HWADDR").lower() != nic.mac.lower():
            return Step(f"{nic.name} is expected to have another machine's MAC address", config.location("HWADDR"))
        if config.is_yes("SLAVE") or any(config.text(key) for key in _PORT_KEYS):
            return Step(f"{nic.name} is a part of another interface", config.path)
        if not config.is_no("NM_CONTROLLED") and self._machine.units.starts("NetworkManager").is_started:
            return Step(f"{nic.name} is left to NetworkManager, which is started", config.path)
        if config.text("MACADDR"):
            location = config.location("MACADDR")
            raise Unknown(f"{location} sets a MAC address that differs from the one the cloud assigned")
        return None


def _applies(config: Ifcfg, nic: Nic) -> bool:
    """Return True if a file applies to a NIC: by its DEVICE, without one by its HWADDR, else by the file's name."""
    if config.text("TYPE").lower() not in _KINDS:
        return False
    if config.text("DEVICE"):
        return config.text("DEVICE") == nic.name
    if config.text("HWADDR"):
        return config.text("HWADDR").lower() == nic.mac.lower()
    if config.name == nic.name:
        raise Unknown(f"{config.path} does not name its NIC (DEVICE or HWADDR)")
    return False
