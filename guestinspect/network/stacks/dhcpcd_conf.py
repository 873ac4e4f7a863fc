"""dhcpcd's configuration file, and the lines in it that concern a NIC.

Source: dhcpcd.conf(5); dhcpcd's if-options.c and dhcp.c.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from guestinspect.disk.tree import Tree, lines
from guestinspect.guest.files.ini import Entry
from guestinspect.model.fact import Unknown
from guestinspect.network.nic import Nic

CONFIGURATION = "/etc/dhcpcd.conf"

_BLOCKS = frozenset({"interface", "profile", "ssid"})
_NOT_BY_DHCP = frozenset(
    {"nodhcp", "nodhcp4", "inactive", "inform", "test", "randomise_hwaddr", "anonymous", "oneshot", "noconfigure"}
)
_REFUSES_OFFERS = frozenset({"arping", "blacklist", "reject", "require", "whitelist"})
_ALWAYS_OFFERED = frozenset({"dhcp_server_identifier", "dhcp_message_type", "dhcp_lease_time", "subnet_mask"})
"""Options without which no DHCP server offers an address. Debian's own file requires the first."""
_IGNORES_NICS = frozenset({"allowinterfaces", "denyinterfaces", "ipv6only", "noipv4"})
_SEPARATOR = re.compile(r"[,\s]+")


def entries(tree: Tree, path: str = CONFIGURATION) -> Iterator[Entry]:
    """Yield the settings of the file, line by line."""
    for number, line in lines(tree, path):
        key, *value = line.split(maxsplit=1)[:2] or [""]
        if key and not key.startswith(("#", ";")):
            yield Entry(key, "".join(value).strip(), f"{path}:{number}")


def entries_for(nic: Nic, all_entries: tuple[Entry, ...]) -> Iterator[Entry]:
    """Yield the settings before the first block, and those in the blocks of this NIC."""
    is_for_nic = True
    for entry in all_entries:
        if entry.key in _BLOCKS:
            is_for_nic = entry.key == "interface" and entry.value == nic.name
        elif is_for_nic:
            yield entry


def require_harmless(entry: Entry) -> None:
    """Raise Unknown if a setting may keep a NIC from getting an address that the cloud offers."""
    options = {option for option in _SEPARATOR.split(entry.value) if option}
    is_always_met = entry.key == "require" and options <= _ALWAYS_OFFERED
    if entry.key in _NOT_BY_DHCP or (entry.key in _REFUSES_OFFERS and not is_always_met):
        raise Unknown(f"{entry.location}: the effect of {entry.key} in this cloud is unknown")


def require_all_harmless(tree: Tree, nic: Nic) -> None:
    """Raise Unknown if a setting may do so for a NIC for which another program starts dhcpcd."""
    for entry in entries_for(nic, tuple(entries(tree))):
        require_harmless(entry)
        if entry.key in _IGNORES_NICS:
            raise Unknown(f"{entry.location}: whether dhcpcd ignores {nic.name} because of {entry.key} is unknown")
