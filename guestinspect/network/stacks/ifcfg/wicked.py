"""wicked, SUSE's network service, and its ifcfg files.

Source: wicked's ifcfg(5), routes(5), wicked-config(5) and client/suse/compat-suse.c.
"""

from __future__ import annotations

import re
from functools import cached_property

from guestinspect.disk.tree import lines
from guestinspect.model.fact import Unknown
from guestinspect.model.guest import Pin, Step
from guestinspect.network.nic import Nic
from guestinspect.network.stack import Answer, Machine, Method, ServiceStack, Stack
from guestinspect.network.stacks.ifcfg import file as ifcfg
from guestinspect.network.stacks.ifcfg.file import Ifcfg, is_ethernet_name

FOLDER = "/etc/sysconfig/network"

_OWN_FOLDER = "/etc/wicked/ifconfig"
_IGNORED = re.compile(r"(?:~|\.old|\.bak|\.orig|\.scpmbackup|\.rpmnew|\.rpmsave|\.rpmorig)$|:")
_AT_BOOT = frozenset({"auto", "onboot", "on", "boot", "nfsroot", "hotplug"})
_NOT_AT_BOOT = frozenset({"", "manual", "off"})
_BY_DHCP = frozenset({"dhcp", "dhcp4"})
_KNOWN_PROTOCOLS = frozenset({"static", "none", "dhcp6", "auto6", "6to4", *_BY_DHCP})


def find_active(machine: Machine) -> Stack | None:
    """Return wicked if this guest starts it."""
    start = machine.units.starts("wicked").require_known()
    return Wicked(machine, (start.why,)) if start.is_started else None


class Wicked(ServiceStack):
    """wicked in a guest that starts it."""

    name = "wicked"

    def answer(self, nic: Nic) -> Answer:
        """Return the outcome for a NIC.

        Raises:
            Unknown: The outcome cannot be forecast.
        """
        for name in self._tree.names(_OWN_FOLDER):
            raise Unknown(f"{_OWN_FOLDER}/{name} is in wicked's own format, which is not supported here")
        config = next((config for config in self._files if config.name == nic.name), None)
        if config is None:
            return Answer(Method.NONE, (Step(f"there is no ifcfg file for {nic.name}", FOLDER),))
        mode = config.text("STARTMODE").lower()  # without it, the mode is manual. Source: ifcfg(5), "STARTMODE"
        if mode in _NOT_AT_BOOT:
            step = Step(f"{nic.name} is not brought up automatically", config.location("STARTMODE"))
            return Answer(Method.NONE, (step,))
        if mode not in _AT_BOOT:
            raise Unknown(f"{config.location('STARTMODE')}: the effect of STARTMODE={mode} is unknown")
        method = _method(config)
        if nic.is_hotplugged and method is not Method.NONE:
            raise Unknown(f"whether {config.path} is used when {nic.name} appears is unknown")
        how = {Method.DHCP: "by DHCP", Method.STATIC: "with a fixed address", Method.NONE: "without an address"}[method]
        step = Step(f"ifcfg-{nic.name} brings {nic.name} up {how}", config.location("BOOTPROTO"))
        return Answer(method, (step,), has_default_route=method is Method.DHCP or self._has_route(method, nic))

    def pins(self) -> tuple[Pin, ...]:
        """Return the names of its files that no NIC of an instance has, and the MAC addresses that they set."""
        names = self._machine.names
        others = [file for file in self._files if file.name not in names and is_ethernet_name(file.name)]
        macs = [file for file in self._files if file.text("LLADDR")]
        return (
            *(Pin(f"name {file.name}", file.path) for file in others),
            *(Pin(f"MAC address {file.text('LLADDR')}", file.location("LLADDR")) for file in macs),
        )

    @cached_property
    def _files(self) -> tuple[Ifcfg, ...]:
        return tuple(ifcfg.list_ifcfg_files(self._tree, FOLDER, _IGNORED))

    def _has_route(self, method: Method, nic: Nic) -> bool:
        """Return True if a default route of a routes file may go through the NIC. Source: routes(5)."""
        if method is Method.NONE:
            return False
        general = [line.split() for _, line in lines(self._tree, f"{FOLDER}/routes")]
        own = [line.split() for _, line in lines(self._tree, f"{FOLDER}/ifroute-{nic.name}")]
        is_here = [words[3:4] in ([], ["-"], [nic.name]) for words in general if words[:1] == ["default"]]
        return any(is_here) or any(words[:1] == ["default"] for words in own)


def _method(config: Ifcfg) -> Method:
    """Return the way by which the NIC gets its IPv4 address."""
    if config.text("LLADDR"):
        location = config.location("LLADDR")
        raise Unknown(f"{location} sets a MAC address that differs from the one the cloud assigned")
    protocols = set((config.text("BOOTPROTO").lower() or "static").split("+"))
    if not protocols <= _KNOWN_PROTOCOLS:
        value = config.text("BOOTPROTO")
        raise Unknown(f"{config.location('BOOTPROTO')}: the effect of BOOTPROTO={value} in this cloud is unknown")
    if protocols & _BY_DHCP:
        return Method.DHCP
    return Method.STATIC if config.has_address() and "none" not in protocols else Method.NONE
