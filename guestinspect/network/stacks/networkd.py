"""systemd-networkd: the first .network file that matches a NIC configures it, at boot and later.

Source: systemd.network(5); systemd's networkd-network.c, networkd-link.c.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from ipaddress import AddressValueError, IPv4Address
from posixpath import basename

from guestinspect.guest.files.conf_files import list_conf_files, read_with_drop_ins
from guestinspect.guest.files.ini import Entry, Ini, split_words
from guestinspect.guest.services.systemd_version import find_systemd_version
from guestinspect.model.fact import Unknown
from guestinspect.model.guest import Pin, Step
from guestinspect.network.match_section import NETPLAN_PREFIX, NETWORK_FOLDERS, NicProperties, matches
from guestinspect.network.naming import is_foreign
from guestinspect.network.nic import Nic
from guestinspect.network.stack import Answer, Machine, Method, Stack
from guestinspect.network.stacks.managed_by import ManagedBy, Manager

SERVICE = "systemd-networkd"
_NO = frozenset({"no", "false", "0", "off", "n", "f"})
_YES = frozenset({"yes", "true", "1", "on", "y", "t"})
_DHCP_V4 = frozenset({"both", "ipv4", "v4"})
_DHCP_OTHERS = frozenset({"none", "ipv6", "v6"})
_LINK_LOCAL_V4 = frozenset({"ipv4", "fallback", "ipv4-fallback"})
_LINK_LOCAL_OTHERS = frozenset({"ipv6"})
_STAYS_DOWN = frozenset({"manual", "down", "always-down"})
_BOUND = "bound"
_COMES_UP = frozenset({"up", "always-up", _BOUND})
_SERVERS = ("DenyList", "BlackList", "AllowList")
"""The keys of [DHCPv4] that may exclude the cloud's DHCP server."""
_IPV4 = re.compile(r"((?:[0-9]{1,3}\.){3}[0-9]{1,3})(?:/([0-9]{1,2}))?")
_LONGEST_PREFIX = 32
_FIRST_WITH_TYPES = 243
"""The first version of systemd in which ``Type=ether`` may match a wired NIC: before, only udev's DEVTYPE counts, which
such a NIC does not have. Source: systemd.network(5) of versions 241 (Debian 10) and 245 (Ubuntu 20.04).
"""
_ANY_ADDRESS = IPv4Address(0)
"""It makes networkd choose an address itself. Source: systemd.network(5), "Address="."""
_ANYWHERE = frozenset({"", "0.0.0.0/0", "default"})


def find_active(machine: Machine) -> Stack | None:
    """Return systemd-networkd if it is started."""
    start = machine.units.starts(SERVICE)
    if start.is_started:
        return Networkd(machine, start.why)
    by_socket = start.activation
    if by_socket is None or not by_socket.by_netlink:
        start.require_known()
        return None
    return Networkd(machine, by_socket.step, waits_for_message=True)


class Networkd:
    """systemd-networkd with the .network files of a guest.

    Args:
        machine: The instance.
        why: The step by which it starts.
        waits_for_message: True if only its socket starts it. The kernel sends a message for every change of a NIC;
            those before the socket listens are lost. A NIC that is attached later always causes one, while the NICs of
            the boot may cause none: two guests that were booted so brought up no NIC, and all of them as soon as
            another NIC was attached. Source: rtnetlink(7); systemd-networkd.socket (``ListenNetlink=route``).
    """

    name = SERVICE

    def __init__(self, machine: Machine, why: Step, *, waits_for_message: bool = False) -> None:
        self.why_active: tuple[Step, ...] = (why,)
        self._waits_for_message = waits_for_message
        self._machine = machine
        paths = list_conf_files(machine.tree, NETWORK_FOLDERS, ".network")
        self._files = tuple(read_with_drop_ins(machine.tree, path, NETWORK_FOLDERS) for path in paths)
        self._managed_by = ManagedBy(machine, Manager.NETWORKD)

    def answer(self, nic: Nic) -> Answer:
        """Return the outcome for a NIC.

        Raises:
            Unknown: The outcome cannot be forecast.
        """
        file = self._find_file(nic)
        if file is None:
            return Answer(Method.NONE, (Step(f"no .network file matches {nic.name}", NETWORK_FOLDERS[0]),))
        name = basename(file.path)
        location = next((entry.location for part in file.named("Match") for entry in part.entries), file.path)
        # The first file decides alone: a NIC that it leaves down is not configured by a later file.
        match = Step(f"{name} matches {nic.name}", location)
        obstacle = _find_obstacle(file, nic)
        if obstacle is not None:
            return Answer(Method.NONE, (match, obstacle))
        method, entry = _find_method(file)
        if entry is None:
            return Answer(Method.NONE, (match, Step(f"{name} gives {nic.name} no IPv4 address", file.path)))
        self._managed_by.require_own(nic)
        if self._waits_for_message and not nic.is_hotplugged:
            location = self.why_active[0].location
            raise Unknown(f"systemd-networkd starts only at the next message of the kernel about a NIC ({location})")
        step = Step(f"{entry.key}={entry.value}", entry.location)
        return Answer(method, (match, step), _has_default_route(file, method))

    def pins(self) -> tuple[Pin, ...]:
        """Return the MAC addresses and foreign names that its files match; those of netplan are netplan's pins."""
        own = {nic.mac for nic in self._machine.nics}
        pins: list[Pin] = []
        for file in (file for file in self._files if not file.path.startswith(NETPLAN_PREFIX)):
            for entry in file.entries("Match", "MACAddress", "PermanentMACAddress"):
                if entry.value and not own & set(split_words(entry.value.lower())):
                    pins.append(Pin(f"MAC address {entry.value}", entry.location))
            for entry in file.entries("Match", "Name"):
                names = [name for name in split_words(entry.value) if is_foreign(name, self._machine.nics)]
                pins += [Pin(f"name {name}", entry.location) for name in names]
        return tuple(pins)

    def _find_file(self, nic: Nic) -> Ini | None:
        """Return the first file that matches this NIC."""
        parameter = next((word for word in self._machine.command_line if word.startswith("ip=")), None)
        if parameter is not None:  # Source: systemd-network-generator.service(8)
            name = parameter.partition("=")[0]
            raise Unknown(f"systemd generates .network files from the kernel parameter {name}=")
        names = {"Name": (nic.name, *nic.alternative_names)}
        subject = NicProperties.of_virtio(nic.mac, nic.path, names, self._machine.command_line)
        version = find_systemd_version(self._machine.tree)
        if version is not None and version < _FIRST_WITH_TYPES:
            subject = replace(subject, values={**subject.values, "Type": ()})
        return next((file for file in self._files if matches(file, subject)), None)


def _find_obstacle(file: Ini, nic: Nic) -> Step | None:
    """Return the setting by which the file leaves a NIC down; None if there is none.

    Raises:
        Unknown: The file changes the MAC address of the NIC, or makes it depend on other interfaces.
    """
    name = basename(file.path)
    unmanaged = _last(file, "Link", "Unmanaged", _is_boolean)
    if unmanaged is not None and _is_yes(unmanaged.value):
        return Step(f"{name} leaves {nic.name} unmanaged", unmanaged.location)
    policy = _last(file, "Link", "ActivationPolicy", lambda value: value in _STAYS_DOWN | _COMES_UP)
    # bound: the NIC goes up and down with the interfaces of BindCarrier=. Source: systemd.network(5).
    if policy is not None and policy.value == _BOUND:
        raise Unknown(f"{policy.location}: whether {nic.name} comes up depends on other interfaces")
    if policy is not None and policy.value in _STAYS_DOWN:
        return Step(f"{name} leaves {nic.name} down", policy.location)
    mac = file.last("Link", "MACAddress")
    if mac is not None and mac.value:
        raise Unknown(f"{mac.location} sets a MAC address for {nic.name} that differs from the one the cloud assigned")
    master = next((entry for key in ("Bridge", "Bond") if (entry := file.last("Network", key)) and entry.value), None)
    if master is not None:
        raise Unknown(f"{nic.name} is a part of {master.value} ({master.location})")
    return None


def _find_method(file: Ini) -> tuple[Method, Entry | None]:
    """Return the way by which a NIC gets an IPv4 address, and the setting for it."""
    dhcp = _last(file, "Network", "DHCP", _is_in(_DHCP_V4 | _DHCP_OTHERS))
    if dhcp is not None and (_is_yes(dhcp.value) or dhcp.value in _DHCP_V4):
        servers = next((entry for key in _SERVERS for entry in file.effective_entries("DHCPv4", key)), None)
        if servers is not None:
            raise Unknown(f"{servers.location}: whether networkd accepts the cloud's DHCP server is unknown")
        return Method.DHCP, dhcp
    addresses = (*file.effective_entries("Network", "Address"), *file.entries("Address", "Address"))
    static = next((entry for entry in addresses if _is_ipv4(entry)), None)
    if static is not None:
        return Method.STATIC, static
    local = _last(file, "Network", "LinkLocalAddressing", _is_in(_LINK_LOCAL_V4 | _LINK_LOCAL_OTHERS))
    if local is not None and (_is_yes(local.value) or local.value in _LINK_LOCAL_V4):
        raise Unknown(f"{local.location} sets a link-local address, which is not reachable from other networks")
    return Method.NONE, None


def _is_ipv4(entry: Entry) -> bool:
    """Return True if systemd reads the value as an IPv4 address; it ignores any other value."""
    value = _IPV4.fullmatch(entry.value)
    if value is None or int(value[2] or 0) > _LONGEST_PREFIX:
        return False
    try:
        address = IPv4Address(value[1])
    except AddressValueError:
        return False
    if address == _ANY_ADDRESS:
        raise Unknown(f"{entry.location} makes networkd choose an address, which the cloud does not know")
    return True


def _last(file: Ini, section: str, key: str, is_valid: Callable[[str], bool]) -> Entry | None:
    """Return the last entry of a key with a valid value: systemd ignores the others.

    Source: systemd's conf-parser.c (DEFINE_CONFIG_PARSE_ENUM), networkd-dhcp-common.c (config_parse_dhcp).

    Raises:
        Unknown: The last entry is empty, which does not mean the same in all versions.
    """
    entries = [entry for entry in file.entries(section, key) if not entry.value or is_valid(entry.value)]
    if not entries or entries[-1].value:
        return entries[-1] if entries else None
    if any(entry.value for entry in entries):
        raise Unknown(f"{entries[-1].location}: versions of systemd differ in the meaning of an empty {key}=")
    return None


def _is_in(words: frozenset[str]) -> Callable[[str], bool]:
    """Return a check for one of these words or a boolean."""
    return lambda value: value in words or _is_boolean(value)


def _is_boolean(value: str) -> bool:
    return value.lower() in _YES | _NO


def _is_yes(value: str) -> bool:
    return value.lower() in _YES


def _has_default_route(file: Ini, method: Method) -> bool:
    """Return True if the default route of IPv4 goes through the NIC: by a gateway in the file, or by DHCP."""
    if any("." in entry.value for entry in file.effective_entries("Network", "Gateway")):
        return True
    for route in file.named("Route"):
        values = {entry.key: entry.value for entry in route.entries}
        if "." in values.get("Gateway", "") and values.get("Destination", "") in _ANYWHERE:
            return True
    if method is not Method.DHCP:
        return False
    switches = [
        _last(file, section, key, _is_boolean) for section in ("DHCPv4", "DHCP") for key in ("UseRoutes", "UseGateway")
    ]
    return all(switch is None or _is_yes(switch.value) for switch in switches)
