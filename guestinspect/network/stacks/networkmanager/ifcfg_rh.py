"""Connection profiles of NetworkManager in RHEL's old files: ``/etc/sysconfig/network-scripts/ifcfg-*``.

Source: nm-settings-ifcfg-rh(5); NetworkManager's nms-ifcfg-rh-reader.c and nms-ifcfg-rh-utils.c.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from guestinspect.disk.tree import Tree
from guestinspect.network.stack import Method
from guestinspect.network.stacks.ifcfg.file import Ifcfg, ifcfg_files, read
from guestinspect.network.stacks.networkmanager.profile import OF_A_MAINFRAME, Profile, Wish, one_per_uuid

FOLDER = "/etc/sysconfig/network-scripts"
NETWORK = "/etc/sysconfig/network"

_IGNORED = re.compile(r".(?:\.bak|~|\.orig|\.rej|\.rpmnew|\.augnew|\.augtmp|;[0-9a-f]{8})$|:", re.IGNORECASE)
"""Backups, what an update leaves (not .rpmsave), and second addresses (``eth0:1``)."""
_PORT_KEYS = ("MASTER", "MASTER_UUID", "BRIDGE", "BRIDGE_UUID", "TEAM_MASTER", "TEAM_MASTER_UUID", "OVS_PORT", "VRF")
_OF_ANOTHER_KIND = ("BONDING_OPTS", "TEAM_CONFIG", "PHYSDEV")
_MATCHES = {
    "MATCH_INTERFACE_NAME": "interface-name",
    "MATCH_DRIVER": "driver",
    "MATCH_PATH": "path",
    "MATCH_KERNEL_COMMAND_LINE": "kernel-command-line",
}
_NUMBER = re.compile(r"-?[0-9]{1,4}")


@dataclass(frozen=True)
class IfcfgRh:
    """What the files say to NetworkManager.

    Args:
        profiles: For Ethernet.
        left_alone: Devices that a file takes from NetworkManager, each with the place where it does.
    """

    profiles: tuple[Profile, ...]
    left_alone: tuple[tuple[str, str], ...]


def of_files(tree: Tree) -> IfcfgRh:
    """The profiles, and the devices that are to be left alone."""
    network = read(tree, NETWORK)
    profiles: list[Profile] = []
    left_alone: list[tuple[str, str]] = []
    for config in ifcfg_files(tree, FOLDER, _IGNORED):
        if config.is_no("NM_CONTROLLED"):
            left_alone += _spec(config)
        elif is_ethernet(config):
            status = tree.status(config.path)
            profiles.append(replace(_profile(config, network), modified_s=0 if status is None else status.modified_s))
    return IfcfgRh(tuple(one_per_uuid(profiles)), tuple(left_alone))


def is_ethernet(config: Ifcfg) -> bool:
    """Whether a file is about a NIC, not about a bond, bridge, VLAN or the loopback."""
    if any(config.text(key) for key in _OF_ANOTHER_KIND) or config.text("BOOTPROTO").lower() == "ibft":
        return False
    kind = config.text("TYPE").lower()
    device = config.text("DEVICE")
    return kind == "ethernet" or (not kind and device not in ("", "lo") and not config.is_yes("VLAN"))


def _spec(config: Ifcfg) -> Iterator[tuple[str, str]]:
    """The device that a file means; the MAC address goes before the name."""
    if config.text("HWADDR"):
        yield f"mac:{config.text('HWADDR')}", config.location("NM_CONTROLLED")
    elif config.text("DEVICE"):
        yield f"interface-name:={config.text('DEVICE')}", config.location("NM_CONTROLLED")


def _profile(config: Ifcfg, network: Ifcfg) -> Profile:
    method, unforeseeable = _method(config)
    priority = config.text("AUTOCONNECT_PRIORITY")
    return Profile(
        name=config.text("NAME") or f"System {config.name}",
        location=config.path,
        uuid=config.text("UUID").lower() or config.path,
        wishes=tuple(_wishes(config)),
        autoconnect=not config.is_no("ONBOOT") and not config.text("USERS"),
        priority=int(priority) if _NUMBER.fullmatch(priority) else 0,
        for_several=config.text("MULTI_CONNECT") == "3",
        method=method,
        has_default_route=method is not Method.NONE and has_default_route(config, network),
        unforeseeable=unforeseeable,
    )


def _method(config: Ifcfg) -> tuple[Method, str]:
    """How the NIC gets its address, and why that cannot be told."""
    if any(config.text(key) for key in _PORT_KEYS):
        return Method.NONE, ""
    if config.text("MACADDR"):
        return Method.NONE, f"{config.location('MACADDR')} gives the NIC another MAC address than the cloud knows"
    said = config.text("BOOTPROTO").lower()
    if said in ("dhcp", "bootp"):
        return Method.DHCP, ""
    if said in ("", "none", "static"):
        return (Method.STATIC if config.has_address() else Method.NONE), ""
    return (
        Method.NONE,
        f"{config.location('BOOTPROTO')}: it cannot be told what BOOTPROTO={said} leads to in this cloud",
    )


def _wishes(config: Ifcfg) -> Iterator[Wish]:
    if config.text("DEVICE"):
        yield Wish("interface-name", (config.text("DEVICE"),), config.location("DEVICE"))
    if config.text("HWADDR"):
        yield Wish("mac", (config.text("HWADDR"),), config.location("HWADDR"))
    if config.text("HWADDR_BLACKLIST"):
        yield Wish("not-mac", tuple(config.text("HWADDR_BLACKLIST").split()), config.location("HWADDR_BLACKLIST"))
    if config.text("SUBCHANNELS"):
        yield Wish(OF_A_MAINFRAME, tuple(config.text("SUBCHANNELS").split(",")), config.location("SUBCHANNELS"))
    for key, what in _MATCHES.items():
        if config.text(key):
            yield Wish(f"match.{what}", tuple(config.text(key).split()), config.location(key))


def has_default_route(config: Ifcfg, network: Ifcfg) -> bool:
    """Whether the default route may go through the NIC. ``GATEWAYDEV`` names the only one that may have it."""
    if network.text("GATEWAYDEV") and config.text("DEVICE"):
        return network.text("GATEWAYDEV") == config.text("DEVICE")
    is_given = config.text("BOOTPROTO").lower() in ("dhcp", "bootp")
    gateways = any(entry.key.startswith("GATEWAY") and entry.value for entry in (*config.entries, *network.entries))
    return not config.is_no("DEFROUTE") and (is_given or gateways)
