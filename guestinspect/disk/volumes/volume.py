"""A part of a disk that can hold a file system."""

from __future__ import annotations

from dataclasses import dataclass

from guestinspect.disk.blocks import Blocks
from guestinspect.disk.tree import Unreadable


@dataclass(frozen=True)
class Volume:
    """A partition, a logical volume, or the whole disk.

    Args:
        name: As users know it: "partition 1", "vg/root", "the disk".
        blocks: Its bits, or why they cannot be had.
        kind: The type in the partition table: a GUID in lower case, or "0x83"; empty: it stands in none.
        uuid: The partition's own (PARTUUID).
        label: The partition's own (PARTLABEL).
        devices: What the guest may call it: "/dev/vda1", "/dev/mapper/vg-root".
    """

    name: str
    blocks: Blocks | Unreadable
    kind: str = ""
    uuid: str = ""
    label: str = ""
    devices: frozenset[str] = frozenset()

    def bits(self) -> Blocks:
        """Its bits.

        Raises:
            Unreadable: They cannot be had.
        """
        if isinstance(self.blocks, Unreadable):
            raise self.blocks
        return self.blocks
