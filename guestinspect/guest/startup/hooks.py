"""The scripts and commands that a network program runs when a NIC comes up: they may configure another NIC.

Source: interfaces(5), "up"; ifup(8); run-parts(8); NetworkManager-dispatcher(8); networkd-dispatcher(8).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from guestinspect.disk.tree import Tree, lines
from guestinspect.guest.services.units import Units
from guestinspect.guest.startup.command import StartupCommand
from guestinspect.guest.startup.local_scripts import is_executable

_IFUPDOWN = "networking"
_FOLDERS = (
    (_IFUPDOWN, "/etc/network/if-pre-up.d"),
    (_IFUPDOWN, "/etc/network/if-up.d"),
    ("NetworkManager", "/etc/NetworkManager/dispatcher.d"),
    ("NetworkManager", "/etc/NetworkManager/dispatcher.d/pre-up.d"),
    *(
        ("networkd-dispatcher", f"/etc/networkd-dispatcher/{state}.d")
        for state in ("carrier", "configured", "routable")
    ),
)
"""The folders of scripts, each with the service that runs them."""
_OF_PACKAGES = frozenset(
    """bonding bridge ethtool hostapd ifenslave ifenslave-2.6 openvswitch vlan wireless-tools wpasupplicant ntpdate
    ntpsec-ntpdate openssh-server mountnfs avahi-autoipd avahi-daemon resolved resolvconf 000resolvconf upstart postfix
    sendmail chrony 01-ifupdown 00-netreport 04-iscsi 10-ifcfg-rh-routes.sh 11-dhclient 20-chrony 20-chrony-dhcp
    20-chrony-onoffline 90-nm-cloud-setup.sh hook-network-manager dad address-label tlp 99tlp-rdw-nm""".split()
)
"""The scripts of packages of Debian, Ubuntu, Alpine and the RHEL family, which act on the NIC that came up only."""

_INTERFACES = "/etc/network/interfaces"
_MORE_INTERFACES = "/etc/network/interfaces.d"
_COMMAND = re.compile(r"\s*(?:pre-up|up|post-up)\s{1,99}(\S.{0,4000})")
_MOST_FILES = 200


def list_hook_commands(tree: Tree, units: Units) -> Iterator[StartupCommand]:
    """Yield the scripts, and the commands in the files of ifupdown, that started network programs run.

    Raises:
        Unreadable: A file or a folder could not be read.
    """
    for service, folder in _FOLDERS:
        names = [name for name in tree.names(folder)[:_MOST_FILES] if name not in _OF_PACKAGES]
        if names and units.may_start(service):
            paths = (f"{folder}/{name}" for name in names)
            yield from (StartupCommand(path, path, program=path) for path in paths if is_executable(tree.status(path)))
    more = (f"{_MORE_INTERFACES}/{name}" for name in tree.names(_MORE_INTERFACES)[:_MOST_FILES])
    commands = [command for path in (_INTERFACES, *more) for command in _list_stanza_commands(tree, path)]
    if commands and units.may_start(_IFUPDOWN):
        yield from commands


def _list_stanza_commands(tree: Tree, path: str) -> Iterator[StartupCommand]:
    """Yield the commands of the stanzas in a file."""
    for number, line in lines(tree, path):
        match = _COMMAND.match(line)
        if match is not None:
            yield StartupCommand(match[1], f"{path}:{number}")
