"""The renderers of cloud-init: each writes the configurations of NICs in the format of one network program.

Source: cloud-init's net/eni.py, netplan.py, networkd.py, sysconfig.py, network_manager.py, and its distros/debian.py,
rhel.py, opensuse.py, ubuntu.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import yaml

from guestinspect.network.cloud_init.nic_config import NicConfig


@dataclass(frozen=True)
class Details:
    """The details of a guest's cloud-init in which versions and distributions differ.

    Args:
        distribution: The words for the distribution, the most exact first.
        interfaces_file: The file for ifupdown; empty: that of upstream for this distribution.
        excludes_network_manager: True if an ifcfg file has ``NM_CONTROLLED=no``.
    """

    distribution: tuple[str, ...] = ()
    interfaces_file: str = ""
    excludes_network_manager: bool = False


NETPLAN = "/etc/netplan/50-cloud-init.yaml"

_ENI = "/etc/network/interfaces.d/50-cloud-init"
_ENI_OF_UBUNTU = f"{_ENI}.cfg"
_ENI_OF_ALPINE = "/etc/network/interfaces"


def dump_netplan(network: Mapping[str, object]) -> str:
    """Return the text of a YAML file of netplan."""
    return yaml.safe_dump({"network": network}, sort_keys=False)


def render_eni(configs: tuple[NicConfig, ...], details: Details) -> Iterator[tuple[str, str]]:
    """Yield the file of ifupdown."""
    stanzas = ["auto lo", "iface lo inet loopback"]
    for each in configs:
        method = "dhcp" if each.has_dhcp else "static" if each.addresses else "manual"
        stanzas += ["", f"auto {each.name}", f"iface {each.name} inet {method}"]
        stanzas += [f"    address {address}" for address in each.addresses[:1] if not each.has_dhcp]
    own = {"ubuntu": _ENI_OF_UBUNTU, "alpine": _ENI_OF_ALPINE}
    usual = own.get((*details.distribution, "")[0], _ENI)
    yield details.interfaces_file or usual, "\n".join((*stanzas, ""))


def render_netplan(configs: tuple[NicConfig, ...], _details: Details) -> Iterator[tuple[str, str]]:
    """Yield the YAML file of netplan."""
    ethernets: dict[str, object] = {}
    for each in configs:
        settings: dict[str, object] = {"dhcp4": True} if each.has_dhcp else {"addresses": list(each.addresses)}
        if each.mac:
            settings |= {"match": {"macaddress": each.mac}, "set-name": each.name}
        ethernets[each.name] = settings
    yield NETPLAN, dump_netplan({"version": 2, "ethernets": ethernets})


def render_networkd(configs: tuple[NicConfig, ...], _details: Details) -> Iterator[tuple[str, str]]:
    """Yield the .network files of systemd-networkd."""
    for each in configs:
        lines = ["[Match]", f"Name={each.name}", *([f"MACAddress={each.mac}"] if each.mac else [])]
        lines += ["[Network]", f"DHCP={'ipv4' if each.has_dhcp else 'no'}"]
        lines += [f"Address={address}" for address in each.addresses]
        yield f"/etc/systemd/network/10-cloud-init-{each.name}.network", "\n".join((*lines, ""))


def render_sysconfig(configs: tuple[NicConfig, ...], details: Details) -> Iterator[tuple[str, str]]:
    """Yield the ifcfg files of RHEL or SUSE."""
    is_suse = any("suse" in word or word.startswith("sle") for word in details.distribution)
    folder = "/etc/sysconfig/network" if is_suse else "/etc/sysconfig/network-scripts"
    for each in configs:
        if is_suse:
            # LLADDR is left out: cloud-init sets it to the MAC address that the NIC has anyway.
            lines = [f"BOOTPROTO={'dhcp4' if each.has_dhcp else 'static'}"]
            lines += [f"IPADDR={address}" for address in each.addresses[:1]]
            lines.append("STARTMODE=auto")
        else:
            lines = [f"BOOTPROTO={'dhcp' if each.has_dhcp else 'none'}", f"DEVICE={each.name}"]
            lines += [f"HWADDR={each.mac}"] if each.mac else []
            lines += [f"IPADDR={address.partition('/')[0]}" for address in each.addresses[:1]]
            lines += ["ONBOOT=yes", "TYPE=Ethernet", "USERCTL=no"]
            lines += ["NM_CONTROLLED=no"] if details.excludes_network_manager else []
        yield f"{folder}/ifcfg-{each.name}", "\n".join((*lines, ""))


def render_network_manager(configs: tuple[NicConfig, ...], _details: Details) -> Iterator[tuple[str, str]]:
    """Yield the key files of NetworkManager."""
    for each in configs:
        lines = ["[connection]", f"id=cloud-init {each.name}", "type=ethernet", "autoconnect-priority=120"]
        lines += ["[ethernet]", f"mac-address={each.mac}"] if each.mac else [f"interface-name={each.name}"]
        lines += ["[ipv4]", f"method={'auto' if each.has_dhcp else 'manual' if each.addresses else 'disabled'}"]
        lines += [f"address{number}={address}" for number, address in enumerate(each.addresses, 1)]
        yield f"/etc/NetworkManager/system-connections/cloud-init-{each.name}.nmconnection", "\n".join((*lines, ""))
