"""Whether a guest stops on its way up, in systemd's emergency mode.

Source: systemd.special(7) (``local-fs.target``, ``emergency.target``), systemd-fstab-generator(8).
"""

from __future__ import annotations

from guestinspect.disk.fstab import FSTAB, FstabEntry
from guestinspect.disk.tree import Tree
from guestinspect.guest.services.init_system import InitSystem, find_init_system
from guestinspect.model.fact import Unknown


def require_mounts(tree: Tree, missing: tuple[FstabEntry, ...]) -> None:
    """Raises Unknown if the guest waits for a file system that is not on its disk.

    It is nothing worse: some of the network may be up by then.

    Args:
        tree: The guest's files.
        missing: The lines of its fstab for what it waits for in vain.
    """
    if missing and find_init_system(tree) is InitSystem.SYSTEMD:
        entry = missing[0]
        raise Unknown(
            f"{FSTAB}:{entry.line} mounts {entry.source} on {entry.folder}, which is not on this disk: without the "
            "option nofail the guest waits for it, and may stop before its network is up"
        )
