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
        blocks: Its bytes, or why they cannot be read.
        kind: The type in the partition table: a GUID in lower case, or "0x83"; empty outside a partition table.
        uuid: The UUID of the partition (PARTUUID).
        label: The label of the partition (PARTLABEL).
        devices: The names that the guest may use: "/dev/vda1", "/dev/mapper/vg-root".
    """

    name: str
    blocks: Blocks | Unreadable
    kind: str = ""
    uuid: str = ""
    label: str = ""
    devices: frozenset[str] = frozenset()

    def readable_blocks(self) -> Blocks:
        """Return the bytes of the volume.

        Raises:
            Unreadable: They cannot be read.
        """
        if isinstance(self.blocks, Unreadable):
            raise self.blocks
        return self.blocks
