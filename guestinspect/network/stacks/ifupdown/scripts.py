"""The scripts in ``if-pre-up.d``, which ifup runs before it brings an interface up; it stays down if one fails.

Source: interfaces(5), ifup(8), run-parts(8); ifupdown's execute.c.
"""

from __future__ import annotations

import re

from guestinspect.disk.tree import Tree, Type
from guestinspect.model.fact import Unknown
from guestinspect.network.nic import Nic

_FOLDER = "/etc/network/if-pre-up.d"
_NAME = re.compile(r"[A-Za-z0-9_-]+")
_OF_PACKAGES = frozenset(
    {
        "bonding",
        "bridge",
        "ethtool",
        "hostapd",
        "ifenslave",
        "ifenslave-2.6",
        "openvswitch",
        "vlan",
        "wireless-tools",
        "wpasupplicant",
    }
)
"""The scripts of Debian's and Alpine's packages, which act only on a NIC whose stanza has an option for them. Those of
Debian 12's bridge-utils, ethtool, hostapd, ifenslave, vlan, wireless-tools and wpasupplicant were read."""


def require_package_scripts(tree: Tree, nic: Nic) -> None:
    """Raise Unknown if there is a script that is not from a package: it may fail."""
    for name in tree.names(_FOLDER):
        status = tree.status(f"{_FOLDER}/{name}")
        is_run = status is not None and status.type is Type.FILE and status.mode & 0o111
        if is_run and _NAME.fullmatch(name) and name not in _OF_PACKAGES:
            raise Unknown(f"{_FOLDER}/{name}: ifup runs this script first, and {nic.name} stays down if it fails")
