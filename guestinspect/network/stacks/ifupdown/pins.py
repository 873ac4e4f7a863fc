"""The settings in /etc/network/interfaces that tie a NIC to one machine."""

from __future__ import annotations

import re
from collections.abc import Iterator

from guestinspect.model.guest import Pin
from guestinspect.network.naming import is_foreign
from guestinspect.network.nic import Nic
from guestinspect.network.stacks.ifupdown.interfaces import Interfaces

_MAC = re.compile(r"\b(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}\b")


def find_pins(interfaces: Interfaces, nics: tuple[Nic, ...]) -> Iterator[Pin]:
    """Yield the MAC addresses, and the names of NICs that no instance has; one in two lines is there twice."""
    selected = [line for lines in interfaces.classes.values() for line in lines]
    by_mac = (line for line in selected if line.text.startswith("mac/"))
    by_stanza = (line for stanza in interfaces.stanzas for line in stanza.values("hwaddress"))
    by_script = (line for _, script in interfaces.mappings for line in script)
    for line in (*by_mac, *by_stanza, *by_script):
        for address in _MAC.findall(line.text):
            yield Pin(f"MAC address {address.lower()}", line.location)
    for line in selected:
        name = line.text.partition("=")[0]
        if is_foreign(name, nics):
            yield Pin(f"name {name}", line.location)
