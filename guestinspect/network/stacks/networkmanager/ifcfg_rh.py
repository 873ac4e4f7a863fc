"""NetworkManager's connection profiles in RHEL's old files: ``/etc/sysconfig/network-scripts/ifcfg-*``.

Source: nm-settings-ifcfg-rh(5); NetworkManager's nms-ifcfg-rh-reader.c and nms-ifcfg-rh-utils.c.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from guestinspect.disk.tree import Tree
from guestinspect.network.stack import Method
from guestinspect.network.stacks.ifcfg.file import Ifcfg, list_ifcfg_files, read_ifcfg
from guestinspect.network.stacks.networkmanager.profile import S390_CHANNELS, NicCondition, Profile, select_per_uuid

FOLDER = "/etc/sysconfig/network-scripts"
NETWORK = "/etc/sysconfig/network"

_IGNORED = re.compile(r".(?:\.bak|~|\.orig|\.rej|\.rpmnew|\.augnew|\.augtmp|;[0-9a-f]{8})$|:", re.IGNORECASE)
"""Backups, files that an update leaves (except .rpmsave), and second addresses (``eth0:1``)."""
_PORT_KEYS = ("MASTER", "MASTER_UUID", "BRIDGE", "BRIDGE_UUID", "TEAM_MASTER", "TEAM_MASTER_UUID", "OVS_PORT", "VRF")
_NOT_ETHERNET = ("BONDING_OPTS", "TEAM_CONFIG", "PHYSDEV")
_MATCHES = {
    "MATCH_INTERFACE_NAME": "interface-name",
    "MATCH_DRIVER": "driver",
    "MATCH_PATH": "path",
    "MATCH_KERNEL_COMMAND_LINE": "kernel-command-line",
}
_NUMBER = re.compile(r"-?[0-9]{1,4}")


@dataclass(frozen=True)
class IfcfgProfiles:
    """The ifcfg files, as NetworkManager reads them.

    Args:
        profiles: The profiles for Ethernet.
        unmanaged: The devices that a file excludes from NetworkManager, each with the location.
    """

    profiles: tuple[Profile, ...]
    unmanaged: tuple[tuple[str, str], ...]


def read_profiles(tree: Tree) -> IfcfgProfiles:
    """Return the profiles, and the devices that are excluded."""
    network = read_ifcfg(tree, NETWORK)
    profiles: list[Profile] = []
    unmanaged: list[tuple[str, str]] = []
    for config in list_ifcfg_files(tree, FOLDER, _IGNORED):
        location = config.location("NM_CONTROLLED")
        if config.is_no("NM_CONTROLLED") and config.text("HWADDR"):  # it takes precedence over the name
            unmanaged.append((f"mac:{config.text('HWADDR')}", location))
        elif config.is_no("NM_CONTROLLED"):
            name = config.text("DEVICE")
            unmanaged += [(f"interface-name:={name}", location)] if name else []
        elif is_ethernet(config):
            status = tree.status(config.path)
            profiles.append(replace(_profile(config, network), modified_s=0 if status is None else status.modified_s))
    return IfcfgProfiles(tuple(select_per_uuid(profiles)), tuple(unmanaged))


def is_ethernet(config: Ifcfg) -> bool:
    """Return True if a file is for a NIC, not for a bond, bridge, VLAN or the loopback."""
    if any(config.text(key) for key in _NOT_ETHERNET) or config.text("BOOTPROTO").lower() == "ibft":
        return False
    kind = config.text("TYPE").lower()
    device = config.text("DEVICE")
    return kind == "ethernet" or (not kind and device not in ("", "lo") and not config.is_yes("VLAN"))


def _profile(config: Ifcfg, network: Ifcfg) -> Profile:
    method, unknown_reason = _method(config)
    priority = config.text("AUTOCONNECT_PRIORITY")
    return Profile(
        name=config.text("NAME") or f"System {config.name}",
        location=config.path,
        uuid=config.text("UUID").lower() or config.path,
        conditions=tuple(_conditions(config)),
        autoconnect=not config.is_no("ONBOOT") and not config.text("USERS"),
        priority=int(priority) if _NUMBER.fullmatch(priority) else 0,
        for_several=config.text("MULTI_CONNECT") == "3",
        method=method,
        has_default_route=method is not Method.NONE and has_default_route(config, network),
        unknown_reason=unknown_reason,
    )


def _method(config: Ifcfg) -> tuple[Method, str]:
    """Return the way by which the NIC gets its address, and the reason why that is unknown, or an empty text."""
    if any(config.text(key) for key in _PORT_KEYS):
        return Method.NONE, ""
    if config.text("MACADDR"):
        location = config.location("MACADDR")
        return Method.NONE, f"{location} sets a MAC address that differs from the one the cloud assigned"
    protocol = config.text("BOOTPROTO").lower()
    if protocol in ("dhcp", "bootp"):
        return Method.DHCP, ""
    if protocol in ("", "none", "static"):
        return (Method.STATIC if config.has_address() else Method.NONE), ""
    return Method.NONE, f"{config.location('BOOTPROTO')}: the effect of BOOTPROTO={protocol} in this cloud is unknown"


def _conditions(config: Ifcfg) -> Iterator[NicCondition]:
    if config.text("DEVICE"):
        yield NicCondition("interface-name", (config.text("DEVICE"),), config.location("DEVICE"))
    if config.text("HWADDR"):
        yield NicCondition("mac", (config.text("HWADDR"),), config.location("HWADDR"))
    if config.text("HWADDR_BLACKLIST"):
        yield NicCondition(
            "not-mac", tuple(config.text("HWADDR_BLACKLIST").split()), config.location("HWADDR_BLACKLIST")
        )
    if config.text("SUBCHANNELS"):
        yield NicCondition(S390_CHANNELS, tuple(config.text("SUBCHANNELS").split(",")), config.location("SUBCHANNELS"))
    for key, what in _MATCHES.items():
        if config.text(key):
            yield NicCondition(f"match.{what}", tuple(config.text(key).split()), config.location(key))


def has_default_route(config: Ifcfg, network: Ifcfg) -> bool:
    """Return True if the default route may go through the NIC: ``GATEWAYDEV`` names the only NIC that may have it."""
    if network.text("GATEWAYDEV") and config.text("DEVICE"):
        return network.text("GATEWAYDEV") == config.text("DEVICE")
    is_offered = config.text("BOOTPROTO").lower() in ("dhcp", "bootp")
    gateways = any(entry.key.startswith("GATEWAY") and entry.value for entry in (*config.entries, *network.entries))
    return not config.is_no("DEFROUTE") and (is_offered or gateways)
