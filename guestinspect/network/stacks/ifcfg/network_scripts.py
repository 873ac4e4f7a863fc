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
from guestinspect.network.stack import Answer, Machine, Method, Service, Stack
from guestinspect.network.stacks.ifcfg import file as ifcfg
from guestinspect.network.stacks.ifcfg.file import Ifcfg
from guestinspect.network.stacks.networkmanager.ifcfg_rh import FOLDER, NETWORK, has_default_route

_SCRIPTS = ("/etc/rc.d/init.d/network", "/etc/init.d/network")
_IGNORED = re.compile(r"(?:~|\.bak|\.old|\.orig|\.rpmnew|\.rpmorig|\.rpmsave)$|:|^ifcfg-lo$|^ifcfg-.*-range")
_PORT_KEYS = ("MASTER", "BRIDGE", "TEAM_MASTER", "OVS_BRIDGE")
_KINDS = frozenset({"", "ethernet"})


def active(machine: Machine) -> Stack | None:
    """The network scripts, if this guest has them and starts them. SUSE calls another service ``network``, too."""
    if not any(is_file(machine.tree, script) for script in _SCRIPTS) or not machine.tree.names(FOLDER):
        return None
    enabled = machine.units.starts("network")
    return NetworkScripts(machine, (enabled.why,)) if enabled.is_started else None


class NetworkScripts(Service):
    """The service ``network`` in a guest that starts it."""

    name = "network-scripts"

    def answer(self, nic: Nic) -> Answer:
        """What it does with a NIC.

        Raises:
            Unknown: It cannot be foreseen.
        """
        answers = [self._by_file(config, nic) for config in self._files if _is_for(config, nic)]
        if not answers:
            return Answer(Method.NONE, (Step(f"no ifcfg file is for {nic.name}", FOLDER),))
        up = next((answer for answer in answers if answer.comes_up), None)
        if up is None:
            return Answer(Method.NONE, tuple(step for answer in answers for step in answer.why))
        if nic.is_hotplugged:
            raise Unknown(f"{up.why[0].location} is for {nic.name}, but nothing says that it is used when that appears")
        self._check_that_it_runs()
        return up

    def pins(self) -> tuple[Pin, ...]:
        """The MAC addresses and names in its files that no NIC here has."""
        names = self._machine.names
        macs = self._machine.macs
        return tuple(pin for config in self._files for pin in ifcfg.pins(config, names, macs))

    @cached_property
    def _files(self) -> tuple[Ifcfg, ...]:
        return tuple(ifcfg.ifcfg_files(self._tree, FOLDER, _IGNORED))

    @cached_property
    def _network(self) -> Ifcfg:
        return ifcfg.read(self._tree, NETWORK)

    def _check_that_it_runs(self) -> None:
        """The service ends at once without its own file, or if that says so."""
        if not is_file(self._tree, NETWORK):
            raise Unknown(f"the service network does nothing as long as nobody writes {NETWORK}")
        if self._network.is_no("NETWORKING"):
            raise Unknown(f"{self._network.location('NETWORKING')} switches the service network off")

    def _by_file(self, config: Ifcfg, nic: Nic) -> Answer:
        """What a file that is for a NIC does with it."""
        if "" in config.for_a_shell:
            raise Unknown(f"{config.path}: only a shell can tell what it says")
        refusal = self._refusal(config, nic)
        if refusal is not None:
            return Answer(Method.NONE, (refusal,))
        method = _method(config)
        how = {Method.DHCP: "by DHCP", Method.STATIC: "with a fixed address", Method.NONE: "without an address"}[method]
        step = Step(f"{config.path.rpartition('/')[2]} brings {nic.name} up {how}", config.location("BOOTPROTO"))
        has_route = method is not Method.NONE and has_default_route(config, self._network)
        return Answer(method, (step,), has_default_route=has_route, has_metric=bool(config.text("METRIC")))

    def _refusal(self, config: Ifcfg, nic: Nic) -> Step | None:
        """Why a file that is for a NIC does not bring it up; None: it does."""
        if config.is_no("ONBOOT"):
            return Step(f"{nic.name} is not brought up at boot", config.location("ONBOOT"))
        if config.text("HWADDR") and config.text("HWADDR").lower() != nic.mac.lower():
            return Step(f"{nic.name} must have another machine's MAC address", config.location("HWADDR"))
        if config.is_yes("SLAVE") or any(config.text(key) for key in _PORT_KEYS):
            return Step(f"{nic.name} is a part of another interface", config.path)
        if not config.is_no("NM_CONTROLLED") and self._machine.units.starts("NetworkManager").is_started:
            return Step(f"{nic.name} is left to NetworkManager, which runs", config.path)
        if config.text("MACADDR"):
            raise Unknown(f"{config.location('MACADDR')} gives the NIC another MAC address than the cloud knows")
        return None


def _is_for(config: Ifcfg, nic: Nic) -> bool:
    """By its DEVICE; without one by its MAC address, or else by the file's own name."""
    if config.text("TYPE").lower() not in _KINDS:
        return False
    if config.text("DEVICE"):
        return config.text("DEVICE") == nic.name
    if config.text("HWADDR"):
        return config.text("HWADDR").lower() == nic.mac.lower()
    if config.name == nic.name:
        raise Unknown(f"{config.path} does not say for which NIC it is")
    return False


def _method(config: Ifcfg) -> Method:
    if config.text("BOOTPROTO") in ("dhcp", "bootp"):
        return Method.DHCP
    return Method.STATIC if config.has_address() else Method.NONE
