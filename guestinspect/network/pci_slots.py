"""The PCI slots of NICs, and the names that systemd derives from them.

Source: systemd.net-naming-scheme(7).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Slot:
    """The slot of a NIC.

    Args:
        address: The address on the PCI bus.
        names: The name by each policy of ``NamePolicy=``; a policy that gives no name is missing.
    """

    address: str
    names: Mapping[str, str]


I440FX_SLOTS = tuple(
    Slot(f"0000:00:{number:02x}.0", MappingProxyType({"slot": f"ens{number}", "path": f"enp0s{number}"}))
    for number in (3, 4, 5, 6)
)
"""The slots in an instance of this cloud: the i440fx machine, with its first NIC in slot 3."""

Q35_SLOTS = tuple(
    Slot(f"0000:{number:02x}:00.0", MappingProxyType({"path": f"enp{number}s0"})) for number in (1, 2, 3, 4)
)
"""The slots in a q35 machine, where NICs have other names."""
