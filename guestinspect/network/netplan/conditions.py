"""The conditions between netplan's settings: settings that need each other, or that contradict each other.

Each setting is valid by itself (see ``schema``).

Source: netplan's validation.c (``validate_netdef_grammar``, ``validate_sriov_rules``), parse.c (``process_document``: a
reference leads to a definition in the same file or in an earlier one), networkd.c (``combine_dhcp_overrides``), nm.c.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from guestinspect.guest.files.yaml_file import below
from guestinspect.network.netplan.schema import RENDERER, SECTIONS
from guestinspect.network.netplan.values import Fault, below_key, describe

_NETWORK_MANAGER = "NetworkManager"
_WITH_INTERFACES = ("bonds", "bridges", "vrfs")
_REBIND = "delay-virtual-functions-rebind"
_OPEN_VSWITCH_MODES = ("balance-tcp", "balance-slb")
_REQUIRED: Mapping[str, tuple[str, ...]] = {
    "vlans": ("id", "link"),
    "vrfs": ("table",),
    "wifis": ("access-points",),
    "tunnels": ("mode",),
    "virtual-ethernets": ("peer",),
}
_NO = ("false", "no", "off", "n")
_COMBINED = "use-dns use-domains use-ntp send-hostname use-hostname use-mtu hostname route-metric use-routes".split()


@dataclass(frozen=True)
class Definition:
    """A definition, as the files up to a certain one have it.

    Args:
        kind: The section of the definition: ``ethernets``.
        name: The ID of the definition.
        settings: The settings of the definition.
        network: The settings below ``network``, with all definitions.
    """

    kind: str
    name: str
    settings: Mapping[str, object]
    network: object

    @property
    def is_for_network_manager(self) -> bool:
        """Return True if NetworkManager configures it."""
        general = below(self.network, self.kind, RENDERER) or below(self.network, RENDERER)
        return (self.settings.get(RENDERER) or general) == _NETWORK_MANAGER or self.kind == "nm-devices"

    @property
    def has_virtual_functions(self) -> bool:
        """Return True if another NIC is a virtual function of this one."""
        return self.name in (below(other, "link") for other in _mapping(below(self.network, "ethernets")).values())

    def is_on(self, key: str) -> bool:
        """Return True if a switch is there and on."""
        return key in self.settings and str(self.settings[key]).lower() not in _NO


def check_file(network: object, so_far: object) -> Iterator[Fault]:
    """Yield the faults of one file, as netplan finds them when it reads the file.

    Args:
        network: The settings below ``network`` in this file; each value is valid.
        so_far: The settings of all files up to this one.
    """
    ports = (port for pair in _list(below(so_far, "openvswitch", "ports")) for port in _list(pair))
    known = {name for _, name in _list_names(so_far)} | {port for port in ports if isinstance(port, str)}
    for kind, name in _list_names(network):
        for other in SECTIONS:
            if other != kind and name in _mapping(below(so_far, other)):
                yield Fault((kind, name), f"{describe(name)}, which is in {other!r}, too")
        for keys, reference in _references(kind, _mapping(below(network, kind, name))):
            if reference not in known:
                yield Fault((kind, name, *keys), f"{describe(reference)}, which is defined neither there nor before")
        definition = Definition(kind, name, _mapping(below(so_far, kind, name)), so_far)
        yield from _below((kind, name), _check_definition(definition))


def check_all(network: object) -> Iterator[Fault]:
    """Yield the faults of all files together, as netplan finds them when it writes its files."""
    for definition in list_definitions(network):
        faults = _check_network_manager if definition.is_for_network_manager else _check_networkd
        makes_functions = {"virtual-function-count", "embedded-switch-mode"} & set(definition.settings)
        has_functions = makes_functions or definition.has_virtual_functions
        if definition.kind == "ethernets" and definition.is_on(_REBIND) and not has_functions:
            what = f"{describe(_REBIND)} of a NIC without virtual functions"
            yield Fault((definition.kind, definition.name, _REBIND), what)
        yield from _below((definition.kind, definition.name), faults(definition))


def check_without_open_vswitch(network: object) -> Iterator[Fault]:
    """Yield the faults of a guest in which Open vSwitch is not installed."""
    for each in list_definitions(network):
        if "openvswitch" in each.settings or below(each.settings, "parameters", "mode") in _OPEN_VSWITCH_MODES:
            yield Fault((each.kind, each.name), f"{describe(each.name)} for Open vSwitch, which is not installed")


def list_definitions(network: object) -> Iterator[Definition]:
    """Yield each definition."""
    for kind, name in _list_names(network):
        yield Definition(kind, name, _mapping(below(network, kind, name)), network)


def _list_names(network: object) -> Iterator[tuple[str, str]]:
    """Yield the section and the ID of each definition."""
    for kind in SECTIONS:
        yield from ((kind, name) for name in _mapping(below(network, kind)) if name != RENDERER)


def _references(kind: str, settings: Mapping[str, object]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield the definitions to which one refers, each after its keys. Those of tunnels are not checked."""
    if kind in ("ethernets", "vlans") and "link" in settings:
        yield ("link",), str(settings["link"])
    if kind in _WITH_INTERFACES:
        yield from ((("interfaces",), str(each)) for each in _list(settings.get("interfaces")))
        primary = below(settings, "parameters", "primary")
        if primary is not None:
            yield ("parameters", "primary"), str(primary)
        for key in ("path-cost", "port-priority"):
            yield from ((("parameters", key), each) for each in _mapping(below(settings, "parameters", key)))


def _check_definition(definition: Definition) -> Iterator[Fault]:
    settings, kind = definition.settings, definition.kind
    if "set-name" in settings and "match" not in settings:
        yield Fault(("set-name",), "'set-name' without 'match'")
    for key in _REQUIRED.get(kind, ()):
        if key not in settings:
            yield Fault((), f"a definition in {kind!r} without {describe(key)}")
    if kind == "nm-devices" and below(settings, "networkmanager", "passthrough", "connection.type") is None:
        yield Fault((), "a definition in 'nm-devices' without 'connection.type'")
    if {"ipv6-address-generation", "ipv6-address-token"} <= set(settings):
        yield Fault(("ipv6-address-token",), "'ipv6-address-token' together with 'ipv6-address-generation'")


def _check_networkd(definition: Definition) -> Iterator[Fault]:
    """Yield the faults for systemd-networkd.

    It has one setting for DHCP of IPv4 and of IPv6 together. Settings for NetworkManager are refused since 1.0.
    """
    if definition.kind == "modems":
        yield Fault((), "a modem where systemd-networkd is the renderer")
    if below(definition.settings, "networkmanager"):
        yield Fault(("networkmanager",), "'networkmanager' where systemd-networkd is the renderer")
    if definition.is_on("dhcp4") and definition.is_on("dhcp6"):
        for key in _COMBINED:
            if _override(definition, "dhcp4-overrides", key) != _override(definition, "dhcp6-overrides", key):
                yield Fault(
                    ("dhcp4-overrides",),
                    f"{describe(key)} in 'dhcp4-overrides' that differs from the one in 'dhcp6-overrides'",
                )


def _check_network_manager(definition: Definition) -> Iterator[Fault]:
    settings = definition.settings
    if settings.get("activation-mode", "manual") != "manual":
        yield Fault(("activation-mode",), "'off' for NetworkManager, which has 'manual' only")
    if str(settings.get("ipv6-mtu", "")).strip(" +0"):
        yield Fault(("ipv6-mtu",), "'ipv6-mtu' for NetworkManager")
    if any(isinstance(each, Mapping) for each in _list(settings.get("addresses"))):
        yield Fault(("addresses",), "an address with options for NetworkManager")
    kinds = (str(below(route, "type") or "unicast").lower() for route in _list(settings.get("routes")))
    if any(kind != "unicast" for kind in kinds):
        yield Fault(("routes",), "a route for NetworkManager that is not unicast")


def _override(definition: Definition, overrides: str, key: str) -> object:
    """Return an override of DHCP: True or False for a switch, which is on if it is missing; else its value."""
    value = below(definition.settings, overrides, key)
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
