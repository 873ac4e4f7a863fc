"""D303."""

from __future__ import annotations

from collections.abc import Iterator

from guestinspect.model.disk import Disk
from vscclient.model.plan import Plan
from vscclient.policy.again import again
from vscclient.policy.disk.disk_rule import DiskRule
from vscclient.policy.example import Example, case
from vscclient.policy.rule import FORBIDDEN, Flaw, everywhere


class DiskIsWhole(DiskRule):
    """The disk is whole: not empty, truncated or corrupt.

    Why: half a disk is accepted by the cloud and does not boot, or loses data later.
    Fix: copy or download it again, and compare its size and checksum with the source's; ``qemu-img check FILE``
    looks closer.
    """

    code = "D303"
    severity = everywhere(FORBIDDEN)

    @staticmethod
    def good() -> Example:
        return case(disk={"damage": ()})

    @staticmethod
    def bad() -> Example:
        return case(disk={"damage": ("it is empty",)})

    def check_disk(self, plan: Plan, disk: Disk) -> Iterator[Flaw]:
        found = disk.damage()
        for damage in found.value:
            yield Flaw(message=damage, location=found.location, fix=again(plan, "copy or download it again"))
