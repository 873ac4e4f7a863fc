"""What netplan refuses of settings that are sound one by one: they need each other, or contradict each other.

Source: netplan's validation.c (``validate_netdef_grammar``, ``validate_sriov_rules``), parse.c (``process_document``:
what is referred to must be there, in the same file or an earlier one), networkd.c (``combine_dhcp_overrides``), nm.c.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from guestinspect.guest.cloud_init.configuration import below
from guestinspect.network.netplan.schema import RENDERER, SECTIONS
from guestinspect.network.netplan.values import Fault, below_key, shown

_NETWORK_MANAGER = "NetworkManager"
_WITH_INTERFACES = ("bonds", "bridges", "vrfs")
_OF_OPEN_VSWITCH = ("balance-tcp", "balance-slb")
_NEEDED: Mapping[str, tuple[str, ...]] = {
    "vlans": ("id", "link"),
    "vrfs": ("table",),
    "wifis": ("access-points",),
    "tunnels": ("mode",),
    "virtual-ethernets": ("peer",),
}
_NO = ("false", "no", "off", "n")
_COMBINED = "use-dns use-domains use-ntp send-hostname use-hostname use-mtu hostname route-metric use-routes".split()


@dataclass(frozen=True)
class One:
    """A definition, as the files up to one have it.

    Args:
        kind: The section that it stands in.
        said: What is said of it.
        network: All that is said, of all definitions.
    """

    kind: str
    said: Mapping[str, object]
    network: object

    @property
    def is_for_network_manager(self) -> bool:
        """Whether NetworkManager is to configure it."""
        of_all = below(self.network, self.kind, RENDERER) or below(self.network, RENDERER)
        return (self.said.get(RENDERER) or of_all) == _NETWORK_MANAGER or self.kind == "nm-devices"

    def is_on(self, key: str) -> bool:
        """Whether a switch is there, and on."""
        return key in self.said and str(self.said[key]).lower() not in _NO


def of_file(network: object, so_far: object) -> Iterator[Fault]:
    """What is wrong of one file, when it is read.

    Args:
        network: What stands below ``network`` in this file; each value is sound.
        so_far: The same of all files up to this one.
    """
    known = {name for _, name in _named(so_far)} | set(_ports(so_far))
    for kind, name in _named(network):
        for other in SECTIONS:
            if other != kind and name in _mapping(below(so_far, other)):
                yield Fault((kind, name), f"{shown(name)}, which is in {other!r}, too")
        one = One(kind, _mapping(below(so_far, kind, name)), so_far)
        own = _mapping(below(network, kind, name))
        for keys, wanted in _references(kind, own):
            if wanted not in known:
                yield Fault((kind, name, *keys), f"{shown(wanted)}, which is defined neither there nor before")
        yield from _below((kind, name), _of_definition(one))


def of_all(network: object) -> Iterator[Fault]:
    """What is wrong of all files together, when what they ask for is written."""
    for (kind, name), one in definitions(network):
        if kind == "ethernets":
            yield from _below((kind, name), _of_virtual_functions(name, one))
        yield from _below((kind, name), _of_network_manager(one) if one.is_for_network_manager else _of_networkd(one))


def needs_open_vswitch(network: object) -> Iterator[Fault]:
    """What is refused where Open vSwitch is not installed."""
    for keys, one in definitions(network):
        if "openvswitch" in one.said or below(one.said, "parameters", "mode") in _OF_OPEN_VSWITCH:
            yield Fault(keys, f"{shown(keys[-1])} for Open vSwitch, which is not installed")


def definitions(network: object) -> Iterator[tuple[tuple[str, str], One]]:
    """Each definition by its section and its ID."""
    for kind, name in _named(network):
        yield (kind, name), One(kind, _mapping(below(network, kind, name)), network)


def has_links(name: str, network: object) -> bool:
    """Return True if another NIC is a virtual function of this one."""
    return name in (below(other, "link") for other in _mapping(below(network, "ethernets")).values())


def _named(network: object) -> Iterator[tuple[str, str]]:
    """The section and the ID of each definition."""
    for kind in SECTIONS:
        yield from ((kind, name) for name in _mapping(below(network, kind)) if name != RENDERER)


def _ports(network: object) -> Iterator[str]:
    """The ports of Open vSwitch, which are defined in pairs."""
    for pair in _list(below(network, "openvswitch", "ports")):
        yield from (port for port in _list(pair) if isinstance(port, str))


def _references(kind: str, said: Mapping[str, object]) -> Iterator[tuple[tuple[str, ...], str]]:
    """The definitions that one refers to, and where. Those of tunnels and the like are not looked at."""
    if kind in ("ethernets", "vlans") and "link" in said:
        yield ("link",), str(said["link"])
    if kind in _WITH_INTERFACES:
        yield from ((("interfaces",), str(each)) for each in _list(said.get("interfaces")))
        primary = below(said, "parameters", "primary")
        if primary is not None:
            yield ("parameters", "primary"), str(primary)
        for key in ("path-cost", "port-priority"):
            yield from ((("parameters", key), each) for each in _mapping(below(said, "parameters", key)))


def _of_definition(one: One) -> Iterator[Fault]:
    if "set-name" in one.said and "match" not in one.said:
        yield Fault(("set-name",), "'set-name' without 'match'")
    for key in _NEEDED.get(one.kind, ()):
        if key not in one.said:
            yield Fault((), f"a definition in {one.kind!r} without {shown(key)}")
    if one.kind == "nm-devices" and below(one.said, "networkmanager", "passthrough", "connection.type") is None:
        yield Fault((), "a definition in 'nm-devices' without 'connection.type'")
    if {"ipv6-address-generation", "ipv6-address-token"} <= set(one.said):
        yield Fault(("ipv6-address-token",), "'ipv6-address-token' beside 'ipv6-address-generation'")


def _of_virtual_functions(name: str, one: One) -> Iterator[Fault]:
    key = "delay-virtual-functions-rebind"
    is_divided = bool({"virtual-function-count", "embedded-switch-mode"} & set(one.said)) or has_links(
        name, one.network
    )
    if one.is_on(key) and not is_divided:
        yield Fault((key,), f"{shown(key)} of a NIC that is not divided")


def _of_networkd(one: One) -> Iterator[Fault]:
    """It has one setting for DHCP of IPv4 and of IPv6 together; NetworkManager's are refused since 1.0."""
    if one.kind == "modems":
        yield Fault((), "a modem where systemd-networkd is the renderer")
    if below(one.said, "networkmanager"):
        yield Fault(("networkmanager",), "'networkmanager' where systemd-networkd is the renderer")
    if one.is_on("dhcp4") and one.is_on("dhcp6"):
        for key in _COMBINED:
            if _override(one, "dhcp4-overrides", key) != _override(one, "dhcp6-overrides", key):
                yield Fault(
                    ("dhcp4-overrides",), f"another {shown(key)} in 'dhcp4-overrides' than in 'dhcp6-overrides'"
                )


def _of_network_manager(one: One) -> Iterator[Fault]:
    if one.said.get("activation-mode", "manual") != "manual":
        yield Fault(("activation-mode",), "'off' for NetworkManager, which is told 'manual' only")
    if str(one.said.get("ipv6-mtu", "")).strip(" +0"):
        yield Fault(("ipv6-mtu",), "'ipv6-mtu' for NetworkManager")
    if any(isinstance(each, Mapping) for each in _list(one.said.get("addresses"))):
        yield Fault(("addresses",), "an address with options for NetworkManager")
    kinds = (str(below(route, "type") or "unicast").lower() for route in _list(one.said.get("routes")))
    if any(kind != "unicast" for kind in kinds):
        yield Fault(("routes",), "a route that is not unicast for NetworkManager")


def _override(one: One, overrides: str, key: str) -> object:
    """What is said of DHCP: on or off, where it is one of these; a switch that is not there is on."""
    value = below(one.said, overrides, key)
    if key.startswith(("use-", "send-")) and key != "use-domains":
        return str(value or "true").lower() not in _NO
    return value


def _below(keys: tuple[str, ...], faults: Iterator[Fault]) -> Iterator[Fault]:
    for key in reversed(keys):
        faults = below_key(key, faults)
    return faults


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
