"""The program that manages a NIC by the udev property ``ID_NET_MANAGED_BY``, of a udev rule or of a .link file.

Source: systemd.network(5), systemd.link(5), "Property="; systemd's networkd-link.c. Only newer versions respect it
(that of Debian 13 does, that of Debian 12 does not): its effect is never certain.
"""

from __future__ import annotations

from enum import StrEnum

from guestinspect.guest.files.conf_files import list_conf_files, read_with_drop_ins
from guestinspect.guest.files.ini import Ini, split_words
from guestinspect.model.fact import Unknown
from guestinspect.network.match_section import NETWORK_FOLDERS, NicProperties, matches
from guestinspect.network.nic import Nic
from guestinspect.network.stack import Machine
from guestinspect.network.stacks import udev_property
from guestinspect.network.udev_rules import Rule

_PROPERTY = "ID_NET_MANAGED_BY"


class Manager(StrEnum):
    """The programs that respect the property, with the values by which it names them."""

    NETWORKD = "io.systemd.Network"
    NETWORK_MANAGER = "org.freedesktop.NetworkManager"


class ManagedBy:
    """The property in a guest's files.

    Args:
        machine: The instance.
        manager: The program that asks; a NIC of any other program is not its own.
    """

    def __init__(self, machine: Machine, manager: Manager) -> None:
        self._machine = machine
        self._manager = manager
        rules = udev_property.list_rules(machine.tree, _PROPERTY)
        values = [value for rule in rules for value in udev_property.list_values(rule, _PROPERTY)]
        self._rules: tuple[Rule, ...] = rules if any(value != manager for value in values) else ()
        self._links: list[tuple[Ini, str]] = []
        for path in list_conf_files(machine.tree, NETWORK_FOLDERS, ".link"):
            file = read_with_drop_ins(machine.tree, path, NETWORK_FOLDERS)
            for entry in file.effective_entries("Link", "Property"):
                assignments = [word.partition("=") for word in split_words(entry.value)]
                if any(name == _PROPERTY and value != manager for name, _, value in assignments):
                    self._links.append((file, entry.location))

    def require_own(self, nic: Nic) -> None:
        """Raise Unknown if the NIC may be managed by another program."""
        value = udev_property.find_value(self._rules, _PROPERTY, nic)
        locations = [value.location] if value is not None and value.value != self._manager else []
        if not locations:
            names = {"OriginalName": (f"eth{nic.position}",)}
            subject = NicProperties.of_virtio(nic.mac, nic.path, names, self._machine.command_line)
            locations = [location for file, location in self._links if matches(file, subject)][:1]
        for location in locations:
            raise Unknown(
                f"{location} assigns {nic.name} to another program ({_PROPERTY}), which older versions ignore"
            )
