"""D303."""

from __future__ import annotations

from collections.abc import Iterator

from vscclient.model.facts import Facts
from vscclient.model.fix import Advice, then_recreate
from vscclient.model.plan import Plan
from vscclient.policy.example import Example, case
from vscclient.policy.rule import FORBIDDEN, Flaw, Rule, everywhere


class DiskIsWhole(Rule):
    """The disk is whole: not empty, truncated or corrupt. A kernel, a ramdisk and an archive are not empty, either.

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

    def check(self, plan: Plan, facts: Facts) -> Iterator[Flaw]:
        if plan.image.disk_format is None:  # the image has no data: Glance takes none without a format
            return
        found = facts.disk.damage()
        fix = then_recreate(plan, Advice("copy or download the file again"))
        for damage in found.value:
            yield Flaw(message=damage, location=found.location, fix=fix)
