"""D305."""

from __future__ import annotations

from collections.abc import Iterator

from guestinspect.model.disk import Disk, whole_gib
from vscclient.model.fix import Fix, SetField, UnsetField
from vscclient.model.plan import Plan
from vscclient.policy.example import GIB, Example, case
from vscclient.policy.rule import ERROR, DiskRule, Flaw, everywhere
from vscclient.policy.verb_tense import is_or_would_be


class MinDiskCoversVirtualSize(DiskRule):
    """The minimum disk of the image is at least the virtual size of the disk.

    Why: with less, a user can choose a flavor whose disk is too small, and the instance fails to start.
    Fix: set the minimum disk to the virtual size, rounded up to GiB. A new image gets it automatically.
    """

    code = "D305"
    claims = frozenset(("min_disk",))
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
            verb = is_or_would_be(plan, "min_disk_gib")
            enough = Fix.by(SetField("min_disk", needed_gib))
            yield Flaw(
                message=f"the minimum disk {verb} {plan.image.min_disk_gib} GiB, but the disk needs {needed_gib} GiB",
                location=found.location,
                fix=enough if plan.before else enough | Fix.by(UnsetField("min_disk")),
            )
