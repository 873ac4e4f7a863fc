"""dhcpcd's own file: what it says of a NIC.

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
_CHOOSY = frozenset({"arping", "blacklist", "reject", "require", "whitelist"})
"""What makes it refuse some offers."""
_ALWAYS_OFFERED = frozenset({"dhcp_server_identifier", "dhcp_message_type", "dhcp_lease_time", "subnet_mask"})
"""Options without which no DHCP server offers an address. Debian's own file requires the first."""
_LEAVES_ALONE = frozenset({"allowinterfaces", "denyinterfaces", "ipv6only", "noipv4"})
_SEPARATOR = re.compile(r"[,\s]+")


def entries(tree: Tree, path: str = CONFIGURATION) -> Iterator[Entry]:
    """What the file says, line by line."""
    for number, line in lines(tree, path):
        key, *value = line.split(maxsplit=1)[:2] or [""]
        if key and not key.startswith(("#", ";")):
            yield Entry(key, "".join(value).strip(), f"{path}:{number}")


def said_of(nic: Nic, said: tuple[Entry, ...]) -> Iterator[Entry]:
    """What stands before the first block, and in the blocks of this NIC."""
    is_meant = True
    for entry in said:
        if entry.key in _BLOCKS:
            is_meant = entry.key == "interface" and entry.value == nic.name
        elif is_meant:
            yield entry


def refuse_hindrance(entry: Entry) -> None:
    """Raises Unknown if a line may keep a NIC from getting an address that the cloud offers."""
    if entry.key in _NOT_BY_DHCP or (entry.key in _CHOOSY and not _is_always_met(entry)):
        raise Unknown(f"{entry.location}: it cannot be told what {entry.key} leads to in this cloud")


def refuse_hindrances(tree: Tree, nic: Nic) -> None:
    """Raises Unknown if a line may do so where another program starts dhcpcd for a NIC."""
    for entry in said_of(nic, tuple(entries(tree))):
        refuse_hindrance(entry)
        if entry.key in _LEAVES_ALONE:
            raise Unknown(f"{entry.location}: whether dhcpcd gives {nic.name} an address all the same is not known")


def _is_always_met(entry: Entry) -> bool:
    options = {option for option in _SEPARATOR.split(entry.value) if option}
    return entry.key == "require" and options <= _ALWAYS_OFFERED
