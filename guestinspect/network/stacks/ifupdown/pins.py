"""What in /etc/network/interfaces ties a NIC to one machine."""

from __future__ import annotations

import re
from collections.abc import Iterator

from guestinspect.model.guest import Pin
from guestinspect.network.naming import is_foreign
from guestinspect.network.nic import Nic
from guestinspect.network.stacks.ifupdown.interfaces import Interfaces

_MAC = re.compile(r"\b(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}\b")


def pins_of(interfaces: Interfaces, nics: tuple[Nic, ...]) -> tuple[Pin, ...]:
    """The MAC addresses in it, and the names of NICs that no instance has."""
    found = (*_addresses(interfaces), *_names(interfaces, nics))
    return tuple(dict.fromkeys(found))


def _addresses(interfaces: Interfaces) -> Iterator[Pin]:
    chosen = (line for found in interfaces.classes.values() for line in found if line.text.startswith("mac/"))
    given = (line for stanza in interfaces.stanzas for line in stanza.values("hwaddress"))
    mapped = (line for _, script in interfaces.mappings for line in script)
    for line in (*chosen, *given, *mapped):
        for address in _MAC.findall(line.text):
            yield Pin(f"MAC address {address.lower()}", line.location)


def _names(interfaces: Interfaces, nics: tuple[Nic, ...]) -> Iterator[Pin]:
    for line in (line for found in interfaces.classes.values() for line in found):
        name = line.text.partition("=")[0]
        if is_foreign(name, nics):
            yield Pin(f"name {name}", line.location)
