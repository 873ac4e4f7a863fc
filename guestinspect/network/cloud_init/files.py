"""The files that cloud-init writes for the network of a new instance.

Source: cloud-init's net/network_state.py, eni.py, netplan.py, networkd.py, sysconfig.py, network_manager.py, and its
distros/debian.py, rhel.py, opensuse.py, ubuntu.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network

import yaml

from guestinspect.guest.cloud_init.configuration import below
from guestinspect.model.fact import Unknown
from guestinspect.network.cloud_init.package import Renderer
from guestinspect.network.cloud_init.plan import Plan, Source
from guestinspect.network.nic import Nic

NETPLAN = "/etc/netplan/50-cloud-init.yaml"

_ENI = "/etc/network/interfaces.d/50-cloud-init"
_ENI_OF_UBUNTU = f"{_ENI}.cfg"
_ENI_OF_ALPINE = "/etc/network/interfaces"
_NO_NIC = ("nameserver", "route", "loopback")
_DHCP = ("dhcp", "dhcp4")
_OUTSIDE_OF_LINES = frozenset("\n\r\0")
_USUAL_PREFIX = 24


@dataclass(frozen=True)
class Wanted:
    """A NIC that cloud-init configures.

    Args:
        mac: Its MAC address; empty: it goes by the name.
        has_dhcp: Whether it gets IPv4 by DHCP.
        addresses: The fixed IPv4 addresses.
        is_waited_for: Whether cloud-init waits until a NIC with that MAC address is there.
    """

    name: str
    mac: str
    has_dhcp: bool
    addresses: tuple[str, ...] = ()
    is_waited_for: bool = False


class Absent(Exception):
    """It waits in vain for a NIC of another machine, and then configures none.

    Args:
        mac: The MAC address of that NIC.
    """

    def __init__(self, mac: str) -> None:
        super().__init__(mac)
        self.mac = mac


def written(plan: Plan, renderer: Renderer, nics: tuple[Nic, ...], distribution: tuple[str, ...]) -> dict[str, bytes]:
    """What cloud-init writes: content by path.

    Raises:
        Absent: It writes nothing, because it waits for a NIC that is not there.
        Unknown: The network is described in a way that is not followed here.
    """
    wanted = tuple(_wanted(plan, nics))
    own = {nic.mac for nic in nics}
    foreign = next((each.mac for each in wanted if each.is_waited_for and each.mac not in own), None)
    if foreign is not None:
        raise Absent(foreign)
    if renderer is Renderer.NETPLAN and below(plan.network, "version") == 2:
        return {NETPLAN: _yaml(dict(plan.network))}
    _must_be_plain(plan)
    return {path: text.encode() for path, text in _RENDER[renderer](wanted, distribution)}


def described(plan: Plan) -> tuple[Wanted, ...]:
    """The NICs that the guest's own configuration for cloud-init speaks of."""
    return tuple(_of_version_2(plan) if below(plan.network, "version") == 2 else _of_version_1(plan))


def _wanted(plan: Plan, nics: tuple[Nic, ...]) -> Iterator[Wanted]:
    at_boot = [nic for nic in nics if not nic.is_hotplugged]
    if plan.source is Source.CLOUD:
        yield from (Wanted(nic.name, nic.mac, has_dhcp=True) for nic in at_boot)
    elif plan.source is Source.FALLBACK:
        yield Wanted(at_boot[0].name, at_boot[0].mac, has_dhcp=True)
    else:
        yield from described(plan)


def _of_version_1(plan: Plan) -> Iterator[Wanted]:
    items = below(plan.network, "config")
    for item in items if isinstance(items, list) else ():
        kind = below(item, "type")
        if kind in _NO_NIC:
            continue
        subnets = below(item, "subnets") or []
        if kind != "physical" or not isinstance(subnets, list):
            raise Unknown(f"{plan.said_at} has a network of type {kind!r}")
        addresses = tuple(_with_prefix(plan, subnet) for subnet in subnets if below(subnet, "address"))
        has_dhcp = any(below(subnet, "type") in _DHCP for subnet in subnets)
        mac = _word(plan, below(item, "mac_address") or "").lower()
        yield Wanted(_word(plan, below(item, "name")), mac, has_dhcp, _of_ipv4(addresses), bool(mac))


def _of_version_2(plan: Plan) -> Iterator[Wanted]:
    ethernets = below(plan.network, "ethernets") or {}
    for name, said in ethernets.items() if isinstance(ethernets, Mapping) else ():
        addresses = below(said, "addresses") or []
        if not isinstance(addresses, list):
            raise Unknown(f"{plan.said_at} has addresses that are no list")
        mac = _word(plan, below(said, "match", "macaddress") or "").lower()
        renamed = below(said, "set-name")
        called = _word(plan, renamed or name)
        has_dhcp = below(said, "dhcp4") is True
        yield Wanted(called, mac, has_dhcp, _of_ipv4(tuple(map(str, addresses))), bool(mac and renamed))


def _must_be_plain(plan: Plan) -> None:
    """What only netplan can do is not followed for others.

    Raises:
        Unknown: NICs are matched by something else than a MAC address, or are parts of something.
    """
    if any(below(plan.network, kind) for kind in ("bonds", "bridges", "vlans")):
        raise Unknown(f"{plan.said_at} has bonds, bridges or vlans")
    ethernets = below(plan.network, "ethernets")
    for name, said in ethernets.items() if isinstance(ethernets, Mapping) else ():
        match = below(said, "match")
        if isinstance(match, Mapping) and "macaddress" not in match and match.get("name") != name:
            raise Unknown(f"{plan.said_at} matches NICs by more than their names")


def _with_prefix(plan: Plan, subnet: object) -> str:
    """The address of a subnet and how long its network's part is. Source: cloud-init, ``net/network_state.py``."""
    address = _word(plan, below(subnet, "address"))
    if "/" in address or ":" in address:
        return address
    netmask = str(below(subnet, "netmask") or below(subnet, "prefix") or _USUAL_PREFIX)
    try:
        return f"{address}/{IPv4Network(f'0.0.0.0/{netmask}').prefixlen}"
    except ValueError as absurd:
        raise Unknown(f"{plan.said_at} has {netmask!r} where a netmask should be") from absurd


def _word(plan: Plan, value: object) -> str:
    if not isinstance(value, str) or _OUTSIDE_OF_LINES & set(value):
        raise Unknown(f"{plan.said_at} has {value!r} where a name or an address should be")
    return value


def _of_ipv4(addresses: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(each for each in addresses if "." in each and ":" not in each and not _OUTSIDE_OF_LINES & set(each))


def _yaml(network: Mapping[str, object]) -> bytes:
    return yaml.safe_dump({"network": network}, sort_keys=False).encode()


def _eni(wanted: tuple[Wanted, ...], distribution: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    stanzas = ["auto lo", "iface lo inet loopback"]
    for each in wanted:
        method = "dhcp" if each.has_dhcp else "static" if each.addresses else "manual"
        stanzas += ["", f"auto {each.name}", f"iface {each.name} inet {method}"]
        stanzas += [f"    address {address}" for address in each.addresses[:1] if not each.has_dhcp]
    own = {"ubuntu": _ENI_OF_UBUNTU, "alpine": _ENI_OF_ALPINE}
    yield own.get((*distribution, "")[0], _ENI), "\n".join((*stanzas, ""))


def _netplan(wanted: tuple[Wanted, ...], _distribution: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    ethernets: dict[str, object] = {}
    for each in wanted:
        said: dict[str, object] = {"dhcp4": True} if each.has_dhcp else {"addresses": list(each.addresses)}
        if each.mac:
            said |= {"match": {"macaddress": each.mac}, "set-name": each.name}
        ethernets[each.name] = said
    yield NETPLAN, _yaml({"version": 2, "ethernets": ethernets}).decode()


def _networkd(wanted: tuple[Wanted, ...], _distribution: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for each in wanted:
        lines = ["[Match]", f"Name={each.name}", *([f"MACAddress={each.mac}"] if each.mac else [])]
        lines += ["[Network]", f"DHCP={'ipv4' if each.has_dhcp else 'no'}"]
        lines += [f"Address={address}" for address in each.addresses]
        yield f"/etc/systemd/network/10-cloud-init-{each.name}.network", "\n".join((*lines, ""))


def _sysconfig(wanted: tuple[Wanted, ...], distribution: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    is_suse = any("suse" in word or word.startswith("sle") for word in distribution)
    folder = "/etc/sysconfig/network" if is_suse else "/etc/sysconfig/network-scripts"
    for each in wanted:
        yield f"{folder}/ifcfg-{each.name}", "\n".join((*(_of_suse(each) if is_suse else _of_rhel(each)), ""))


def _of_rhel(each: Wanted) -> Iterator[str]:
    yield f"BOOTPROTO={'dhcp' if each.has_dhcp else 'none'}"
    yield f"DEVICE={each.name}"
    if each.mac:
        yield f"HWADDR={each.mac}"
    yield from (f"IPADDR={address.partition('/')[0]}" for address in each.addresses[:1])
    yield from ("ONBOOT=yes", "TYPE=Ethernet", "USERCTL=no")


def _of_suse(each: Wanted) -> Iterator[str]:
    """It sets the MAC address, too, to the one that the NIC has."""
    yield f"BOOTPROTO={'dhcp4' if each.has_dhcp else 'static'}"
    yield from (f"IPADDR={address}" for address in each.addresses[:1])
    yield "STARTMODE=auto"


def _network_manager(wanted: tuple[Wanted, ...], _distribution: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for each in wanted:
        lines = ["[connection]", f"id=cloud-init {each.name}", "type=ethernet", "autoconnect-priority=120"]
        lines += ["[ethernet]", f"mac-address={each.mac}"] if each.mac else [f"interface-name={each.name}"]
        lines += ["[ipv4]", f"method={'auto' if each.has_dhcp else 'manual' if each.addresses else 'disabled'}"]
        lines += [f"address{number}={address}" for number, address in enumerate(each.addresses, 1)]
        yield f"/etc/NetworkManager/system-connections/cloud-init-{each.name}.nmconnection", "\n".join((*lines, ""))


_RENDER = {
    Renderer.ENI: _eni,
    Renderer.NETPLAN: _netplan,
    Renderer.NETWORKD: _networkd,
    Renderer.SYSCONFIG: _sysconfig,
    Renderer.NETWORK_MANAGER: _network_manager,
}
