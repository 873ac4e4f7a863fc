"""The PCI slots that NICs are plugged into, and the names that systemd makes of them.

Source: systemd.net-naming-scheme(7).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Slot:
    """Where a NIC is plugged in, and what systemd makes of that.

    Args:
        address: On the PCI bus.
        names: What each policy of NamePolicy= gives; one that gives none is not there.
    """

    address: str
    names: Mapping[str, str]


def _slot(number: int) -> Slot:
    return Slot(f"0000:00:{number:02x}.0", MappingProxyType({"slot": f"ens{number}", "path": f"enp0s{number}"}))


def _port(number: int) -> Slot:
    return Slot(f"0000:{number:02x}:00.0", MappingProxyType({"path": f"enp{number}s0"}))


THIS_CLOUD = tuple(_slot(number) for number in (3, 4, 5, 6))
"""The PCI slots of an instance of this cloud: the i440fx machine, its first NIC in slot 3."""

ANOTHER_MACHINE = tuple(_port(number) for number in (1, 2, 3, 4))
"""Those of a q35 machine, to see what hangs on the names."""
