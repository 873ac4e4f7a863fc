"""The keys that netplan knows, and the values that each accepts.

Source: the ``mapping_entry_handler`` tables of netplan's parse.c: all keys of 0.106, and the new ones of 1.0, 1.1, 1.2.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from guestinspect.network.netplan.values import (
    Check,
    Fault,
    address,
    anything,
    below_key,
    boolean,
    destination,
    driver,
    family,
    ip,
    ip_or_network,
    ipv4,
    ipv6,
    listed,
    mac,
    mac_to_set,
    mapping,
    mapping_of,
    name,
    number,
    one_of,
    one_of_any_case,
    port_priority,
    text,
    type_of_service,
    version,
    vlan_id,
    word,
)

RENDERER = "renderer"
"""A key of a section that is not the ID of a definition."""

_ROUTE_TYPES = "unicast anycast blackhole broadcast local multicast nat prohibit throw unreachable xresolve"
_BOND_MODES = "balance-rr active-backup balance-xor broadcast 802.3ad balance-tlb balance-alb balance-tcp balance-slb"
_TUNNEL_MODES = "sit gre ip6gre ipip ipip6 ip6ip6 vti vti6 gretap ip6gretap isatap wireguard vxlan"
_KEY_MANAGEMENTS = "none psk psk-sha256 eap eap-sha256 eap-suite-b-192 sae 802.1x"
_WAKE_ON_WLAN = (
    "default any disconnect magic_pkt gtk_rekey_failure eap_identity_req four_way_handshake rfkill_release tcp"
)


def _route(value: object) -> Iterator[Fault]:
    """Yield the faults of a route: it needs a destination, and a global unicast route needs a gateway."""
    yield from _ROUTE(value)
    if not isinstance(value, Mapping):
        return
    yield from _check_family(value, "to", "via", "from")
    kind = str(value.get("type", "unicast")).lower()
    is_global = str(value.get("scope", "global")).lower() == "global"
    if "to" not in value:
        yield Fault((), "a route without 'to'")
    elif kind == "unicast" and "scope" in value and is_global and "via" not in value:
        yield Fault((), "a global route without 'via'")
    elif value["to"] == "default" and not {"via", "from"} & set(value):
        yield Fault((), "a default route without 'via'")  # netplan up to 1.2 does not refuse it but crashes


def _rule(value: object) -> Iterator[Fault]:
    yield from _RULE(value)
    if isinstance(value, Mapping):
        yield from _check_family(value, "to", "from")
        if "from" not in value and "to" not in value:
            yield Fault((), "a routing policy without 'from' and 'to'")


def _check_family(settings: Mapping[str, object], *keys: str) -> Iterator[Fault]:
    if len({family(settings[key]) for key in keys if settings.get(key, "default") != "default"}) > 1:
        yield Fault((), "addresses of IPv4 and of IPv6 together")


def _wake_on_wlan(value: object) -> Iterator[Fault]:
    yield from listed(one_of_any_case(_WAKE_ON_WLAN))(value)
    if isinstance(value, list) and len(set(value)) > 1 and "default" in value:
        yield Fault((), "'default' together with other words")


_ROUTE = mapping(
    {
        "from": ip_or_network,
        "on-link": boolean,
        "scope": one_of_any_case("global link host"),
        "table": number,
        "to": destination,
        "type": one_of_any_case(_ROUTE_TYPES),
        "via": ip_or_network,
        "metric": number,
        "mtu": number,
        "congestion-window": number,
        "advertised-receive-window": number,
        "advertised-mss": number,  # since 1.1
    }
)
_RULE = mapping(
    {
        "from": ip_or_network,
        "mark": number,
        "priority": number,
        "table": number,
        "to": ip_or_network,
        "type-of-service": type_of_service,
    }
)
_OVERRIDES = mapping(
    {
        "hostname": text,
        "route-metric": number,
        "send-hostname": boolean,
        "use-dns": boolean,
        "use-domains": text,
        "use-hostname": boolean,
        "use-mtu": boolean,
        "use-ntp": boolean,
        "use-routes": boolean,
    }
)
_RA_OVERRIDES = mapping(
    {"use-dns": boolean, "use-domains": one_of_any_case("true on yes y false off no n route"), "table": number}
)
_WORDS: Check = mapping_of(text, text)
_OF_NETWORK_MANAGER = mapping({"name": text, "uuid": text, "stable-id": text, "device": text, "passthrough": _WORDS})
_OF_OPEN_VSWITCH = mapping(
    {
        "external-ids": _WORDS,
        "other-config": _WORDS,
        **dict.fromkeys(("lacp", "fail-mode", "mcast-snooping", "rstp", "protocols", "controller"), anything),
    }
)
_AUTH = mapping(
    {
        "key-management": one_of(_KEY_MANAGEMENTS),
        "method": one_of("tls peap ttls leap pwd"),
        **dict.fromkeys(("identity", "anonymous-identity", "password", "ca-certificate", "client-certificate"), text),
        **dict.fromkeys(("client-key", "client-key-password", "phase2-auth"), text),
    }
)
_RENDERERS = one_of("networkd NetworkManager")

_OF_ALL: Mapping[str, Check] = {
    "accept-ra": boolean,
    "activation-mode": one_of("manual off"),
    "addresses": listed(address),
    "critical": boolean,
    "ignore-carrier": boolean,
    "dhcp4": boolean,
    "dhcp6": boolean,
    "dhcp-identifier": one_of_any_case("duid mac"),
    "dhcp4-overrides": _OVERRIDES,
    "dhcp6-overrides": _OVERRIDES,
    "ra-overrides": _RA_OVERRIDES,  # since 1.1
    "gateway4": ipv4,
    "gateway6": ipv6,
    "ipv6-address-generation": one_of("eui64 stable-privacy"),
    "ipv6-address-token": ipv6,
    "ipv6-mtu": number,
    "ipv6-privacy": boolean,
    "link-local": listed(one_of_any_case("ipv4 ipv6")),
    "macaddress": mac_to_set,
    "mtu": number,
    "nameservers": mapping({"search": listed(text), "addresses": listed(ip)}),
    "optional": boolean,
    "optional-addresses": listed(one_of_any_case("ipv4-ll ipv6-ra dhcp4 dhcp6 static")),
    "renderer": _RENDERERS,
    "routes": listed(_route),
    "routing-policy": listed(_rule),
    "hairpin": boolean,  # since 1.0, and the next one
    "port-mac-learning": boolean,
    "neigh-suppress": boolean,
    "networkmanager": _OF_NETWORK_MANAGER,
    "openvswitch": _OF_OPEN_VSWITCH,
}
_OF_HARDWARE: Mapping[str, Check] = {
    **_OF_ALL,
    "match": mapping({"driver": driver, "macaddress": mac, "name": name}),
    "set-name": text,
    "wakeonlan": boolean,
    "wakeonwlan": _wake_on_wlan,
    "emit-lldp": boolean,
    "receive-checksum-offload": boolean,
    "transmit-checksum-offload": boolean,
    "tcp-segmentation-offload": boolean,
    "tcp6-segmentation-offload": boolean,
    "generic-segmentation-offload": boolean,
    "generic-receive-offload": boolean,
    "large-receive-offload": boolean,
}
_ETHERNET: Mapping[str, Check] = {
    **_OF_HARDWARE,
    "auth": _AUTH,
    "link": text,
    "virtual-function-count": number,
    "embedded-switch-mode": one_of("switchdev legacy"),
    "delay-virtual-functions-rebind": boolean,
    "infiniband-mode": one_of("datagram connected"),
}
_BOND_PARAMETERS: Mapping[str, Check] = {
    "mode": one_of(_BOND_MODES),
    "lacp-rate": one_of("slow fast"),  # any word before 1.0
    "min-links": number,
    "all-slaves-active": boolean,
    "all-members-active": boolean,
    "arp-ip-targets": listed(ipv4),
    "gratuitous-arp": number,
    "gratuitious-arp": number,  # an old misspelling that it still takes
    "packets-per-slave": number,
    "packets-per-member": number,
    "resend-igmp": number,
    "primary": text,
    **dict.fromkeys(
        ("mii-monitor-interval", "transmit-hash-policy", "ad-select", "arp-interval", "arp-validate"), text
    ),
    **dict.fromkeys(("arp-all-targets", "up-delay", "down-delay", "fail-over-mac-policy"), text),
    **dict.fromkeys(("primary-reselect-policy", "learn-packet-interval"), text),
}
_BRIDGE_PARAMETERS: Mapping[str, Check] = {
    **dict.fromkeys(("ageing-time", "aging-time", "forward-delay", "hello-time", "max-age"), text),
    "path-cost": mapping_of(text, number),
    "port-priority": mapping_of(text, port_priority),
    "priority": number,
    "stp": boolean,
}
_MODEM_KEYS = "apn auto-config device-id network-id number password pin sim-id sim-operator-id username"
_TUNNEL_KEYS = """local remote ttl key keys mark port peers link ageing aging id limit type-of-service flow-label
do-not-fragment short-circuit arp-proxy mac-learning notifications checksums extensions port-range"""

_DEFINITIONS: Mapping[str, Mapping[str, Check]] = {
    "ethernets": _ETHERNET,
    "bonds": {**_OF_ALL, "interfaces": listed(text), "parameters": mapping(_BOND_PARAMETERS)},
    "bridges": {**_OF_ALL, "interfaces": listed(text), "parameters": mapping(_BRIDGE_PARAMETERS)},
    "vlans": {**_OF_ALL, "id": vlan_id, "link": text, "renderer": one_of("networkd NetworkManager sriov")},
    "vrfs": {**_OF_ALL, "interfaces": listed(text), "table": number},
    "dummy-devices": _OF_ALL,  # since 1.0, and the next one
    "virtual-ethernets": {**_OF_ALL, "peer": text},
    "nm-devices": _ETHERNET,
    # Only the keys of these are checked. netplan checks more: for a mistake in an access point, or in the keys of a
    # tunnel, it also refuses everything, and that is not noticed here. They are rare in virtual machines.
    "wifis": {**_OF_HARDWARE, "access-points": anything, "auth": _AUTH, "regulatory-domain": text},
    "modems": {**_OF_HARDWARE, **dict.fromkeys(_MODEM_KEYS.split(), anything)},
    "tunnels": {**_OF_ALL, "mode": one_of(_TUNNEL_MODES), **dict.fromkeys(_TUNNEL_KEYS.split(), anything)},
}
SECTIONS = tuple(_DEFINITIONS)
"""The keys of the sections, which have definitions by their IDs."""


def _section(known: Mapping[str, Check]) -> Check:
    """Return a check for a section: definitions by their IDs, and the renderer of the section."""
    by_id = mapping_of(_ID, mapping(known))

    def check(value: object) -> Iterator[Fault]:
        if not isinstance(value, Mapping):
            yield from by_id(value)
            return
        if RENDERER in value:
            yield from below_key(RENDERER, _RENDERERS(value[RENDERER]))
        yield from by_id({key: inner for key, inner in value.items() if key != RENDERER})

    return check


_ID = word(lambda value: not any(name(value)) and not set(value) & set("*[]?"), "a name without a pattern")

network: Check = mapping(
    {
        **{kind: _section(known) for kind, known in _DEFINITIONS.items()},
        "renderer": _RENDERERS,
        "version": version,
        # Open vSwitch itself: the values are not checked, either.
        "openvswitch": mapping(
            dict.fromkeys(("external-ids", "other-config", "protocols", "ports", "ssl"), anything),
        ),
    }
)
"""The check for the settings below ``network``."""

file: Check = mapping({"network": network})
"""The check for a whole file."""
