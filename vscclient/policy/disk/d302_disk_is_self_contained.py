"""D302."""

from __future__ import annotations

from collections.abc import Iterator

from guestinspect.model.disk import Disk
from vscclient.model.plan import Plan
from vscclient.policy.again import again_by, has_data
from vscclient.policy.disk.disk_rule import DiskRule
from vscclient.policy.example import Example, case
from vscclient.policy.rule import FORBIDDEN, Flaw, everywhere


class DiskIsSelfContained(DiskRule):
    """The disk refers to nothing outside itself: no backing file, no data file, no extent in another file.

    Why: the other file is not in the image, so that it does not boot; and a hypervisor that follows such a reference
    opens a file of its own.
    Fix: ``qemu-img convert -O qcow2 FILE NEW_FILE`` makes one file of all.
    """

    code = "D302"
    severity = everywhere(FORBIDDEN)

    @staticmethod
    def good() -> Example:
        return case(disk={"references": ()})

    @staticmethod
    def bad() -> Example:
        return case(disk={"references": ("backing file 'base.qcow2'",)})

    def check_disk(self, plan: Plan, disk: Disk) -> Iterator[Flaw]:
        found = disk.references()
        where = "is not in the image" if has_data(plan) else "would not be uploaded"
        for reference in found.value:
            yield Flaw(
                message=f"it needs another file, which {where}: {reference}",
                location=found.location,
                fix=again_by(plan, "qemu-img convert -O qcow2 FILE NEW_FILE"),
            )
