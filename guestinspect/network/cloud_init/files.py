"""The files that cloud-init writes for the network of a new instance.

Source: cloud-init's net/network_state.py, eni.py, netplan.py, networkd.py, sysconfig.py, network_manager.py, and its
distros/debian.py, rhel.py, opensuse.py, ubuntu.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network

import yaml

from guestinspect.guest.files.yaml_file import below
from guestinspect.model.fact import Unknown
from guestinspect.network.cloud_init.package import Renderer
from guestinspect.network.cloud_init.plan import NetworkPlan, NetworkSource
from guestinspect.network.nic import Nic

NETPLAN = "/etc/netplan/50-cloud-init.yaml"

_ENI = "/etc/network/interfaces.d/50-cloud-init"
_ENI_OF_UBUNTU = f"{_ENI}.cfg"
_ENI_OF_ALPINE = "/etc/network/interfaces"
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


class MissingNic(Exception):
    """The NIC of another machine, for which cloud-init waits before it gives up and configures none.

    Args:
        mac: The MAC address of that NIC.
    """

    def __init__(self, mac: str) -> None:
        super().__init__(mac)
        self.mac = mac


def render(
    plan: NetworkPlan, renderer: Renderer, nics: tuple[Nic, ...], distribution: tuple[str, ...]
) -> dict[str, bytes]:
    """Return the files that cloud-init writes: content by path.

    Args:
        plan: The network that cloud-init configures.
        renderer: The renderer that it selects.
        nics: The NICs of the instance.
        distribution: The words for the distribution, the most exact first.

    Raises:
        MissingNic: It writes nothing, because it waits for a NIC that is not there.
        Unknown: The files for this network configuration cannot be forecast.
    """
    at_boot = [nic for nic in nics if not nic.is_hotplugged]
    if plan.source is NetworkSource.CLOUD:
        configs = tuple(NicConfig(nic.name, nic.mac, has_dhcp=True) for nic in at_boot)
    elif plan.source is NetworkSource.FALLBACK:
        configs = (NicConfig(at_boot[0].name, at_boot[0].mac, has_dhcp=True),)
    else:
        configs = list_configs(plan)
    # cloud-init renames NICs by MAC address: it waits for each, and gives up if one is missing.
    # Source: net/__init__.py, wait_for_physdevs.
    own = {nic.mac for nic in nics}
    foreign = next((each.mac for each in configs if each.is_waited_for and each.mac not in own), None)
    if foreign is not None:
        raise MissingNic(foreign)
    if renderer is Renderer.NETPLAN and below(plan.network, "version") == 2:
        return {NETPLAN: _yaml(dict(plan.network))}
    _require_plain_nics(plan)
    return {path: text.encode() for path, text in _RENDER[renderer](configs, distribution)}


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


def _require_plain_nics(plan: NetworkPlan) -> None:
    """Raise Unknown for what only netplan can do: other renderers write files that are not forecast here.

    Raises:
        Unknown: NICs are matched by something else than a MAC address, or are parts of another interface.
    """
    if any(below(plan.network, kind) for kind in ("bonds", "bridges", "vlans")):
        raise Unknown(f"{plan.location} has bonds, bridges or VLANs, which are supported here for netplan only")
    ethernets = below(plan.network, "ethernets")
    for name, settings in ethernets.items() if isinstance(ethernets, Mapping) else ():
        match = below(settings, "match")
        if isinstance(match, Mapping) and "macaddress" not in match and match.get("name") != name:
            raise Unknown(f"{plan.location} matches NICs by patterns, which is supported here for netplan only")


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


def _yaml(network: Mapping[str, object]) -> bytes:
    return yaml.safe_dump({"network": network}, sort_keys=False).encode()


def _eni(configs: tuple[NicConfig, ...], distribution: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    stanzas = ["auto lo", "iface lo inet loopback"]
    for each in configs:
        method = "dhcp" if each.has_dhcp else "static" if each.addresses else "manual"
        stanzas += ["", f"auto {each.name}", f"iface {each.name} inet {method}"]
        stanzas += [f"    address {address}" for address in each.addresses[:1] if not each.has_dhcp]
    own = {"ubuntu": _ENI_OF_UBUNTU, "alpine": _ENI_OF_ALPINE}
    yield own.get((*distribution, "")[0], _ENI), "\n".join((*stanzas, ""))


def _netplan(configs: tuple[NicConfig, ...], _distribution: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    ethernets: dict[str, object] = {}
    for each in configs:
        settings: dict[str, object] = {"dhcp4": True} if each.has_dhcp else {"addresses": list(each.addresses)}
        if each.mac:
            settings |= {"match": {"macaddress": each.mac}, "set-name": each.name}
        ethernets[each.name] = settings
    yield NETPLAN, _yaml({"version": 2, "ethernets": ethernets}).decode()


def _networkd(configs: tuple[NicConfig, ...], _distribution: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for each in configs:
        lines = ["[Match]", f"Name={each.name}", *([f"MACAddress={each.mac}"] if each.mac else [])]
        lines += ["[Network]", f"DHCP={'ipv4' if each.has_dhcp else 'no'}"]
        lines += [f"Address={address}" for address in each.addresses]
        yield f"/etc/systemd/network/10-cloud-init-{each.name}.network", "\n".join((*lines, ""))


def _sysconfig(configs: tuple[NicConfig, ...], distribution: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    is_suse = any("suse" in word or word.startswith("sle") for word in distribution)
    folder = "/etc/sysconfig/network" if is_suse else "/etc/sysconfig/network-scripts"
    for each in configs:
        yield f"{folder}/ifcfg-{each.name}", "\n".join((*(_of_suse(each) if is_suse else _of_rhel(each)), ""))


def _of_rhel(each: NicConfig) -> Iterator[str]:
    yield f"BOOTPROTO={'dhcp' if each.has_dhcp else 'none'}"
    yield f"DEVICE={each.name}"
    if each.mac:
        yield f"HWADDR={each.mac}"
    yield from (f"IPADDR={address.partition('/')[0]}" for address in each.addresses[:1])
    yield from ("ONBOOT=yes", "TYPE=Ethernet", "USERCTL=no")


def _of_suse(each: NicConfig) -> Iterator[str]:
    """Yield the lines for wicked, without LLADDR: cloud-init sets it to the MAC address that the NIC has anyway."""
    yield f"BOOTPROTO={'dhcp4' if each.has_dhcp else 'static'}"
    yield from (f"IPADDR={address}" for address in each.addresses[:1])
    yield "STARTMODE=auto"


def _network_manager(configs: tuple[NicConfig, ...], _distribution: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for each in configs:
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
