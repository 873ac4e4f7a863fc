"""Boots that stop in systemd's emergency mode.

Source: systemd.special(7) (``local-fs.target``, ``emergency.target``), systemd-fstab-generator(8).
"""

from __future__ import annotations

from guestinspect.disk.fstab import FSTAB, FstabEntry
from guestinspect.disk.tree import Tree
from guestinspect.guest.services.init_system import InitSystem, find_init_system
from guestinspect.model.fact import Unknown


def require_mounts(tree: Tree, missing: tuple[FstabEntry, ...]) -> None:
    """Raise Unknown if the boot waits for a file system that is not on the disk.

    The network may come up nevertheless, before the boot stops.

    Args:
        tree: The guest's files.
        missing: The required lines of its fstab whose file systems are not on the disk.
    """
    if missing and find_init_system(tree) is InitSystem.SYSTEMD:
        entry = missing[0]
        where = (
            "a name that a disk of the bus virtio does not have"
            if entry.is_on_another_bus
            else "which is not on this disk"
        )
        raise Unknown(
            f"{FSTAB}:{entry.line} mounts {entry.source} on {entry.folder}, {where}: without the "
            "option nofail the boot waits for it, and may stop before the network is up"
        )
