"""The configuration of each NIC in a network configuration for cloud-init, of version 1 or 2.

Source: cloud-init's net/network_state.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network

from guestinspect.guest.files.yaml_file import below
from guestinspect.model.fact import Unknown
from guestinspect.network.cloud_init.plan import NetworkPlan

_NO_NIC = ("nameserver", "route", "loopback")
_DHCP = ("dhcp", "dhcp4")
_LINE_ENDS = frozenset("\n\r\0")
_USUAL_PREFIX = 24


@dataclass(frozen=True)
class NicConfig:
    """The configuration of a NIC by cloud-init.

    Args:
        name: The name of the NIC.
        mac: The MAC address of the NIC; empty if the configuration applies by name.
        has_dhcp: True if the NIC gets an IPv4 address by DHCP.
        addresses: The fixed IPv4 addresses.
        is_waited_for: True if cloud-init waits until a NIC with that MAC address is there.
    """

    name: str
    mac: str
    has_dhcp: bool
    addresses: tuple[str, ...] = ()
    is_waited_for: bool = False


def list_configs(plan: NetworkPlan) -> tuple[NicConfig, ...]:
    """Return the configurations of NICs in the guest's own network configuration for cloud-init."""
    return tuple(_of_version_2(plan) if below(plan.network, "version") == 2 else _of_version_1(plan))


def _of_version_1(plan: NetworkPlan) -> Iterator[NicConfig]:
    items = below(plan.network, "config")
    for item in items if isinstance(items, list) else ():
        kind = below(item, "type")
        if kind in _NO_NIC:
            continue
        subnets = below(item, "subnets") or []
        if kind != "physical" or not isinstance(subnets, list):
            raise Unknown(f"{plan.location} has an interface of type {kind!r}, which is not supported here")
        addresses = tuple(_with_prefix(plan, subnet) for subnet in subnets if below(subnet, "address"))
        has_dhcp = any(below(subnet, "type") in _DHCP for subnet in subnets)
        mac = _word(plan, below(item, "mac_address") or "").lower()
        yield NicConfig(_word(plan, below(item, "name")), mac, has_dhcp, _of_ipv4(addresses), bool(mac))


def _of_version_2(plan: NetworkPlan) -> Iterator[NicConfig]:
    ethernets = below(plan.network, "ethernets") or {}
    for name, settings in ethernets.items() if isinstance(ethernets, Mapping) else ():
        addresses = below(settings, "addresses") or []
        if not isinstance(addresses, list):
            raise Unknown(f"{plan.location} has addresses that are not a list")
        mac = _word(plan, below(settings, "match", "macaddress") or "").lower()
        new_name = below(settings, "set-name")
        has_dhcp = below(settings, "dhcp4") is True
        ipv4 = _of_ipv4(tuple(map(str, addresses)))
        yield NicConfig(_word(plan, new_name or name), mac, has_dhcp, ipv4, bool(mac and new_name))


def _with_prefix(plan: NetworkPlan, subnet: object) -> str:
    """Return the address of a subnet with its prefix length. Source: cloud-init, ``net/network_state.py``."""
    address = _word(plan, below(subnet, "address"))
    if "/" in address or ":" in address:
        return address
    netmask = str(below(subnet, "netmask") or below(subnet, "prefix") or _USUAL_PREFIX)
    try:
        return f"{address}/{IPv4Network(f'0.0.0.0/{netmask}').prefixlen}"
    except ValueError as invalid:
        raise Unknown(f"{plan.location} has {netmask!r} instead of a netmask") from invalid


def _word(plan: NetworkPlan, value: object) -> str:
    if not isinstance(value, str) or _LINE_ENDS & set(value):
        raise Unknown(f"{plan.location} has {value!r} instead of a name or an address")
    return value


def _of_ipv4(addresses: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(each for each in addresses if "." in each and ":" not in each and not _LINE_ENDS & set(each))
