"""D303."""

from __future__ import annotations

from collections.abc import Iterator

from guestinspect.model.disk import Disk
from vscclient.model.fix import Advice, then_recreate
from vscclient.model.plan import Plan
from vscclient.policy.example import Example, case
from vscclient.policy.rule import FORBIDDEN, DiskRule, Flaw, everywhere


class DiskIsWhole(DiskRule):
    """The disk is whole: not empty, truncated or corrupt.

    Why: the cloud stores a truncated disk without an error; its instances do not boot, or lose data later.
    Fix: copy or download the file again, and compare its size and checksum with the source; qemu-img checks a qcow2 for
    errors.
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
        fix = then_recreate(plan, Advice("copy or download the file again"))
        for damage in found.value:
            yield Flaw(message=damage, location=found.location, fix=fix)
