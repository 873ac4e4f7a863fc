"""D305."""

from __future__ import annotations

from collections.abc import Iterator

from guestinspect.model.disk import Disk, whole_gib
from vscclient.model.plan import Plan
from vscclient.policy.disk.disk_rule import DiskRule, is_or_would_be
from vscclient.policy.example import GIB, Example, case
from vscclient.policy.rule import ERROR, Flaw, everywhere, saying


class MinDiskCoversVirtualSize(DiskRule):
    """The minimum disk is at least the virtual size of the disk.

    Why: with less, a flavor can be chosen whose disk is too small, and the instance fails to start.
    Fix: say ``--min-disk`` and the virtual size rounded up to GiB. A new image has that if ``--min-disk`` is left out.
    """

    code = "D305"
    severity = everywhere(ERROR)

    @staticmethod
    def good() -> Example:
        return case(image={"min_disk_gib": 10}, disk={"virtual_size_bytes": 10 * GIB})

    @staticmethod
    def bad() -> Example:
        return case(image={"min_disk_gib": 10}, disk={"virtual_size_bytes": 10 * GIB + 1})

    def check_disk(self, plan: Plan, disk: Disk) -> Iterator[Flaw]:
        found = disk.virtual_size_bytes()
        needed_gib = whole_gib(found.value)
        if plan.image.min_disk_gib < needed_gib:
            said = f"{is_or_would_be(plan, 'min_disk_gib')} {plan.image.min_disk_gib} GiB"
            yield Flaw(
                message=f"the minimum disk {said}, but the disk needs {needed_gib} GiB",
                location=found.location,
                fix=saying(plan, f"--min-disk {needed_gib}") + ("" if plan.before else ", or leave it out"),
            )
