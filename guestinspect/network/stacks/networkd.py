"""systemd-networkd: the first .network file that matches a NIC configures it, whenever it appears.

Source: systemd.network(5); systemd's networkd-network.c, networkd-link.c.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from ipaddress import AddressValueError, IPv4Address
from posixpath import basename

from guestinspect.guest.files.conf_files import list_conf_files, read_with_drop_ins
from guestinspect.guest.files.ini import Entry, Ini, split_words
from guestinspect.model.fact import Unknown
from guestinspect.model.guest import Pin, Step
from guestinspect.network.match import NETWORK_FOLDERS, RENDERED_BY_NETPLAN, Subject, is_matched
from guestinspect.network.naming import is_foreign
from guestinspect.network.nic import Nic
from guestinspect.network.stack import Answer, Machine, Method, Stack
from guestinspect.network.stacks.managed_by import ManagedBy, Program

SERVICE = "systemd-networkd"
_NO = frozenset({"no", "false", "0", "off", "n", "f"})
_YES = frozenset({"yes", "true", "1", "on", "y", "t"})
_DHCP_V4 = frozenset({"both", "ipv4", "v4"})
_DHCP_OTHERS = frozenset({"none", "ipv6", "v6"})
_LINK_LOCAL_V4 = frozenset({"ipv4", "fallback", "ipv4-fallback"})
_LINK_LOCAL_OTHERS = frozenset({"ipv6"})
_STAYS_DOWN = frozenset({"manual", "down", "always-down"})
_HANGS_ON_ANOTHER = "bound"
_COMES_UP = frozenset({"up", "always-up", _HANGS_ON_ANOTHER})
_SERVERS = ("DenyList", "BlackList", "AllowList")
"""Keys of [DHCPv4] that may shut out the cloud's DHCP server."""
_IPV4 = re.compile(r"((?:[0-9]{1,3}\.){3}[0-9]{1,3})(?:/([0-9]{1,2}))?")
_LONGEST_PREFIX = 32
_ANY_ADDRESS = IPv4Address(0)
"""It asks networkd for an address of its own choice. Source: systemd.network(5), "Address="."""
_ANYWHERE = frozenset({"", "0.0.0.0/0", "default"})


def active(machine: Machine) -> Stack | None:
    """systemd-networkd, if it is started."""
    enabled = machine.units.starts(SERVICE)
    return Networkd(machine, enabled.why) if enabled.is_started else None


class Networkd:
    """systemd-networkd with the .network files of a guest.

    Args:
        machine: The guest.
        why: What starts it.
    """

    name = SERVICE

    def __init__(self, machine: Machine, why: Step) -> None:
        self.why_active: tuple[Step, ...] = (why,)
        self._machine = machine
        paths = list_conf_files(machine.tree, NETWORK_FOLDERS, ".network")
        self._files = tuple(read_with_drop_ins(machine.tree, path, NETWORK_FOLDERS) for path in paths)
        self._managed_by = ManagedBy(machine, Program.NETWORKD)

    def answer(self, nic: Nic) -> Answer:
        """What it makes of a NIC.

        Raises:
            Unknown: It cannot be foreseen.
        """
        file = self._of(nic)
        if file is None:
            return Answer(Method.NONE, (Step(f"no .network file is for {nic.name}", NETWORK_FOLDERS[0]),))
        matched = Step(f"{basename(file.path)} matches {nic.name}", _match_location(file))
        for closed in (_unmanaged(file), _left_down(file)):
            if closed is not None:
                return Answer(Method.NONE, (matched, closed))
        _must_stand_alone(file, nic)
        method, entry = _method(file)
        if entry is None:
            return Answer(Method.NONE, (matched, Step(f"it gives {nic.name} no IPv4 address", file.path)))
        self._managed_by.check(nic)
        has_route = _has_gateway(file) or (method is Method.DHCP and not _leaves_routes(file))
        return Answer(method, (matched, Step(f"{entry.key}={entry.value}", entry.location)), has_route)

    def pins(self) -> tuple[Pin, ...]:
        """The MAC addresses and foreign names that its files match; what netplan writes is netplan's."""
        files = [file for file in self._files if not file.path.startswith(RENDERED_BY_NETPLAN)]
        return tuple(pin for file in files for pin in (*self._macs(file), *self._names(file)))

    def _macs(self, file: Ini) -> tuple[Pin, ...]:
        own = {nic.mac for nic in self._machine.nics}
        entries = file.entries("Match", "MACAddress", "PermanentMACAddress")
        foreign = [entry for entry in entries if entry.value and not own & set(split_words(entry.value.lower()))]
        return tuple(Pin(f"MAC address {entry.value}", entry.location) for entry in foreign)

    def _names(self, file: Ini) -> tuple[Pin, ...]:
        said = [(name, entry.location) for entry in file.entries("Match", "Name") for name in split_words(entry.value)]
        return tuple(Pin(f"name {name}", location) for name, location in said if is_foreign(name, self._machine.nics))

    def _of(self, nic: Nic) -> Ini | None:
        """The file that is for this NIC."""
        asked = next((word for word in self._machine.command_line if word.startswith("ip=")), None)
        if asked is not None:
            raise Unknown(f"systemd makes .network files of the kernel parameter {asked.partition('=')[0]}=")
        subject = Subject(
            {
                "Name": (nic.name, *nic.alternative_names),
                "MACAddress": (nic.mac,),
                "PermanentMACAddress": (nic.mac,),
                "Path": (nic.path,),
                "Driver": (nic.driver,),
                "Type": ("ether",),
            },
            self._machine.command_line,
        )
        return next((file for file in self._files if is_matched(file, subject)), None)


def _match_location(file: Ini) -> str:
    return next((entry.location for section in file.named("Match") for entry in section.entries), file.path)


def _unmanaged(file: Ini) -> Step | None:
    entry = _last(file, "Link", "Unmanaged", _is_boolean)
    return Step("it is left alone", entry.location) if entry and _is_yes(entry.value) else None


def _left_down(file: Ini) -> Step | None:
    entry = _last(file, "Link", "ActivationPolicy", lambda value: value in _STAYS_DOWN | _COMES_UP)
    if entry is not None and entry.value == _HANGS_ON_ANOTHER:
        raise Unknown(f"{entry.location}: whether it comes up hangs on other interfaces")
    return Step("it is left down", entry.location) if entry and entry.value in _STAYS_DOWN else None


def _must_stand_alone(file: Ini, nic: Nic) -> None:
    mac = file.last("Link", "MACAddress")
    if mac is not None and mac.value:
        raise Unknown(f"{mac.location} gives {nic.name} another MAC address than the cloud knows")
    entry = next((entry for key in ("Bridge", "Bond") if (entry := file.last("Network", key)) and entry.value), None)
    if entry is not None:
        raise Unknown(f"{nic.name} is a part of {entry.value} ({entry.location})")


def _method(file: Ini) -> tuple[Method, Entry | None]:
    """How it gets an IPv4 address, and the entry that says so."""
    dhcp = _last(file, "Network", "DHCP", _is_in(_DHCP_V4 | _DHCP_OTHERS))
    if dhcp is not None and (_is_yes(dhcp.value) or dhcp.value in _DHCP_V4):
        _must_take_any_server(file)
        return Method.DHCP, dhcp
    addresses = (*file.effective_entries("Network", "Address"), *file.entries("Address", "Address"))
    static = next((entry for entry in addresses if _is_ipv4(entry)), None)
    if static is not None:
        return Method.STATIC, static
    own = _last(file, "Network", "LinkLocalAddressing", _is_in(_LINK_LOCAL_V4 | _LINK_LOCAL_OTHERS))
    if own is not None and (_is_yes(own.value) or own.value in _LINK_LOCAL_V4):
        raise Unknown(f"{own.location} gives an address that reaches the same network only")
    return Method.NONE, None


def _must_take_any_server(file: Ini) -> None:
    entry = next((entry for key in _SERVERS for entry in file.effective_entries("DHCPv4", key)), None)
    if entry is not None:
        raise Unknown(f"{entry.location}: whether the cloud's DHCP server is taken is not known")


def _is_ipv4(entry: Entry) -> bool:
    """Whether it is an IPv4 address as systemd reads one; it passes over any other value."""
    found = _IPV4.fullmatch(entry.value)
    if found is None or int(found[2] or 0) > _LONGEST_PREFIX:
        return False
    try:
        address = IPv4Address(found[1])
    except AddressValueError:
        return False
    if address == _ANY_ADDRESS:
        raise Unknown(f"{entry.location} gives an address that the cloud does not know")
    return True


def _last(file: Ini, section: str, key: str, is_understood: Callable[[str], bool]) -> Entry | None:
    """The last entry of a key that systemd understands: it passes over the others.

    Source: systemd's conf-parser.c (DEFINE_CONFIG_PARSE_ENUM), networkd-dhcp-common.c (config_parse_dhcp).

    Raises:
        Unknown: The last one is empty, which does not mean the same in all versions.
    """
    said = [entry for entry in file.entries(section, key) if not entry.value or is_understood(entry.value)]
    if not said or said[-1].value:
        return said[-1] if said else None
    if any(entry.value for entry in said):
        raise Unknown(f"{said[-1].location}: versions of systemd differ in what an empty {key}= means")
    return None


def _is_in(names: frozenset[str]) -> Callable[[str], bool]:
    """Of these names, or a word for yes or no."""
    return lambda value: value in names or _is_boolean(value)


def _is_boolean(value: str) -> bool:
    return value.lower() in _YES | _NO


def _is_yes(value: str) -> bool:
    return value.lower() in _YES


def _leaves_routes(file: Ini) -> bool:
    """Whether it takes no default route from DHCP."""
    entries = [
        _last(file, section, key, _is_boolean) for section in ("DHCPv4", "DHCP") for key in ("UseRoutes", "UseGateway")
    ]
    return any(entry is not None and entry.value.lower() in _NO for entry in entries)


def _has_gateway(file: Ini) -> bool:
    if any("." in entry.value for entry in file.effective_entries("Network", "Gateway")):
        return True
    for route in file.named("Route"):
        said = {entry.key: entry.value for entry in route.entries}
        if "." in said.get("Gateway", "") and said.get("Destination", "") in _ANYWHERE:
            return True
    return False
