"""Which program a NIC is left to by the udev property ``ID_NET_MANAGED_BY``: of a udev rule, or of a .link file.

Source: systemd.network(5), systemd.link(5), "Property="; systemd's networkd-link.c. Only newer versions heed it (of
systemd-networkd that of Debian 13, not that of Debian 12): what it leads to is never sure.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from guestinspect.guest.files.conf_files import list_conf_files, read_with_drop_ins
from guestinspect.guest.files.ini import Ini, split_words
from guestinspect.model.fact import Unknown
from guestinspect.network.match import NETWORK_FOLDERS, Subject, is_matched
from guestinspect.network.nic import Nic
from guestinspect.network.stack import Machine
from guestinspect.network.stacks import udev_property
from guestinspect.network.udev_rules import Rule

_PROPERTY = "ID_NET_MANAGED_BY"


class Program(StrEnum):
    """The programs that look at the property, as it calls them."""

    NETWORKD = "io.systemd.Network"
    NETWORK_MANAGER = "org.freedesktop.NetworkManager"


class ManagedBy:
    """What a guest's files say of it.

    Args:
        machine: The guest.
        program: Who asks; anybody else is another.
    """

    def __init__(self, machine: Machine, program: Program) -> None:
        self._machine = machine
        self._program = program
        found = udev_property.rules(machine.tree, _PROPERTY)
        self._rules: tuple[Rule, ...] = found if any(map(self._is_anothers, found)) else ()
        paths = list_conf_files(machine.tree, NETWORK_FOLDERS, ".link")
        links = (read_with_drop_ins(machine.tree, path, NETWORK_FOLDERS) for path in paths)
        self._links: tuple[tuple[Ini, str], ...] = tuple((file, at) for file in links for at in self._places(file))

    def check(self, nic: Nic) -> None:
        """Raises Unknown if a NIC may be left to another program."""
        given = udev_property.given(self._rules, _PROPERTY, nic)
        if given is not None and given.value != self._program:
            raise Unknown(self._why(nic, given.location))
        for file, location in self._links:
            if is_matched(file, self._subject(nic)):
                raise Unknown(self._why(nic, location))

    def _why(self, nic: Nic, location: str) -> str:
        return f"{location} leaves {nic.name} to another program, which not every version heeds"

    def _is_anothers(self, rule: Rule) -> bool:
        return any(value != self._program for value in udev_property.values(rule, _PROPERTY))

    def _places(self, file: Ini) -> Iterator[str]:
        """Where a .link file leaves NICs to another program."""
        for entry in file.effective_entries("Link", "Property"):
            for word in split_words(entry.value):
                name, _, value = word.partition("=")
                if name == _PROPERTY and value != self._program:
                    yield entry.location

    def _subject(self, nic: Nic) -> Subject:
        properties = {
            "OriginalName": (f"eth{nic.position}",),
            "MACAddress": (nic.mac,),
            "PermanentMACAddress": (nic.mac,),
            "Path": (nic.path,),
            "Driver": (nic.driver,),
            "Type": ("ether",),
        }
        return Subject(properties, self._machine.command_line)
