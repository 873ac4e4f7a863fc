"""The conditions between netplan's settings: settings that need each other, or that contradict each other.

Each setting is valid by itself (see ``schema``).

Source: netplan's validation.c (``validate_netdef_grammar``, ``validate_sriov_rules``), parse.c (``process_document``: a
reference leads to a definition in the same file or in an earlier one), networkd.c (``combine_dhcp_overrides``), nm.c.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

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

    @property
    def interfaces(self) -> tuple[str, ...]:
        """Return the parts of a bond or a bridge."""
        return tuple(str(each) for each in _list(self.settings.get("interfaces")))

    def is_on(self, key: str) -> bool:
        """Return True if a switch is there and on."""
        return key in self.settings and str(self.settings[key]).lower() not in _NO

    def references(self) -> Iterator[tuple[tuple[str, ...], str]]:
        """Yield the definitions to which it refers, each after its keys. Those of tunnels are not checked."""
        if self.kind in ("ethernets", "vlans") and "link" in self.settings:
            yield ("link",), str(self.settings["link"])
        if self.kind in _WITH_INTERFACES:
            yield from ((("interfaces",), each) for each in self.interfaces)
            primary = below(self.settings, "parameters", "primary")
            if primary is not None:
                yield ("parameters", "primary"), str(primary)
            for key in ("path-cost", "port-priority"):
                yield from ((("parameters", key), each) for each in _mapping(below(self.settings, "parameters", key)))

    def faults(self) -> Iterator[Fault]:
        """Yield the faults that netplan finds for any renderer."""
        if "set-name" in self.settings and "match" not in self.settings:
            yield Fault(("set-name",), "'set-name' without 'match'")
        for key in _REQUIRED.get(self.kind, ()):
            if key not in self.settings:
                yield Fault((), f"a definition in {self.kind!r} without {describe(key)}")
        connection_type = below(self.settings, "networkmanager", "passthrough", "connection.type")
        if self.kind == "nm-devices" and connection_type is None:
            yield Fault((), "a definition in 'nm-devices' without 'connection.type'")
        if {"ipv6-address-generation", "ipv6-address-token"} <= set(self.settings):
            yield Fault(("ipv6-address-token",), "'ipv6-address-token' together with 'ipv6-address-generation'")

    def networkd_faults(self) -> Iterator[Fault]:
        """Yield the faults for systemd-networkd.

        It has one setting for DHCP of IPv4 and of IPv6 together. Settings for NetworkManager are refused since 1.0.
        """
        if self.kind == "modems":
            yield Fault((), "a modem where systemd-networkd is the renderer")
        if below(self.settings, "networkmanager"):
            yield Fault(("networkmanager",), "'networkmanager' where systemd-networkd is the renderer")
        if self.is_on("dhcp4") and self.is_on("dhcp6"):
            for key in _COMBINED:
                if self._override("dhcp4-overrides", key) != self._override("dhcp6-overrides", key):
                    yield Fault(
                        ("dhcp4-overrides",),
                        f"{describe(key)} in 'dhcp4-overrides' that differs from the one in 'dhcp6-overrides'",
                    )

    def network_manager_faults(self) -> Iterator[Fault]:
        """Yield the faults for NetworkManager."""
        if self.settings.get("activation-mode", "manual") != "manual":
            yield Fault(("activation-mode",), "'off' for NetworkManager, which has 'manual' only")
        if str(self.settings.get("ipv6-mtu", "")).strip(" +0"):
            yield Fault(("ipv6-mtu",), "'ipv6-mtu' for NetworkManager")
        if any(isinstance(each, Mapping) for each in _list(self.settings.get("addresses"))):
            yield Fault(("addresses",), "an address with options for NetworkManager")
        kinds = (str(below(route, "type") or "unicast").lower() for route in _list(self.settings.get("routes")))
        if any(kind != "unicast" for kind in kinds):
            yield Fault(("routes",), "a route for NetworkManager that is not unicast")

    def _override(self, overrides: str, key: str) -> object:
        """Return an override of DHCP: True or False for a switch, which is on if it is missing; else its value."""
        value = below(self.settings, overrides, key)
        if key.startswith(("use-", "send-")) and key != "use-domains":
            return str(value or "true").lower() not in _NO
        return value


def check_file(network: object, so_far: object) -> Iterator[Fault]:
    """Yield the faults of one file, as netplan finds them when it reads the file.

    Args:
        network: The settings below ``network`` in this file; each value is valid.
        so_far: The settings of all files up to this one.
    """
    ports = (port for pair in _list(below(so_far, "openvswitch", "ports")) for port in _list(pair))
    known = {name for _, name in _list_names(so_far)} | {port for port in ports if isinstance(port, str)}
    for own in list_definitions(network):
        keys = (own.kind, own.name)
        for other in SECTIONS:
            if other != own.kind and own.name in _mapping(below(so_far, other)):
                yield Fault(keys, f"{describe(own.name)}, which is in {other!r}, too")
        # netplan resolves a reference when it reads it: a definition in a later file is not there yet.
        for inner_keys, reference in own.references():
            if reference not in known:
                yield Fault((*keys, *inner_keys), f"{describe(reference)}, which is defined neither there nor before")
        yield from _below(keys, replace(own, settings=_mapping(below(so_far, *keys)), network=so_far).faults())


def check_all(network: object) -> Iterator[Fault]:
    """Yield the faults of all files together, as netplan finds them when it writes its files."""
    for definition in list_definitions(network):
        for_networkd = not definition.is_for_network_manager
        faults = definition.networkd_faults() if for_networkd else definition.network_manager_faults()
        makes_functions = {"virtual-function-count", "embedded-switch-mode"} & set(definition.settings)
        has_functions = makes_functions or definition.has_virtual_functions
        if definition.kind == "ethernets" and definition.is_on(_REBIND) and not has_functions:
            what = f"{describe(_REBIND)} of a NIC without virtual functions"
            yield Fault((definition.kind, definition.name, _REBIND), what)
        yield from _below((definition.kind, definition.name), faults)


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


def _below(keys: tuple[str, ...], faults: Iterator[Fault]) -> Iterator[Fault]:
    for key in reversed(keys):
        faults = below_key(key, faults)
    return faults


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
