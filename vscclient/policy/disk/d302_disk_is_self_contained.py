"""D302."""

from __future__ import annotations

from collections.abc import Iterator

from guestinspect.model.disk import Disk
from vscclient.model.fix import FileAction, OnFile, then_recreate
from vscclient.model.plan import Plan
from vscclient.policy.example import Example, case
from vscclient.policy.rule import FORBIDDEN, DiskRule, Flaw, everywhere


class DiskIsSelfContained(DiskRule):
    """The disk needs no other file: no backing file, no data file, no extent in another file.

    Why: the other file is not in the image, so the image does not boot; and a hypervisor that follows the reference
    opens a file of its own host.
    Fix: convert the disk to qcow2, which makes one file of all parts.
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
        missing = "is not in the image" if plan.has_data else "would not be uploaded"
        for reference in found.value:
            yield Flaw(
                message=f"the disk needs another file, which {missing}: {reference}",
                location=found.location,
                fix=then_recreate(plan, OnFile(FileAction.CONVERT, "qcow2")),
            )
