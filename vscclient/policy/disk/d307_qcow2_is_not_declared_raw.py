"""D307."""

from __future__ import annotations

from collections.abc import Iterator

from guestinspect.model.disk import Disk
from vscclient.model.fix import Fix, Recreate, SetField, UnsetField
from vscclient.model.plan import Plan
from vscclient.policy.example import Example, case
from vscclient.policy.rule import FORBIDDEN, DiskRule, Flaw, everywhere
from vscclient.policy.verb_tense import is_or_would_be


class Qcow2IsNotDeclaredRaw(DiskRule):
    """A qcow2 is not declared raw.

    Why: Glance accepts such an image, but no instance boots from it; and a hypervisor that detects the format itself
    may open the files that the header of the qcow2 names. This is the most frequent mistake with the standard client,
    which declares raw by default.
    Fix: do not set the disk format of a new image: it is detected from the file. The format of an image in the cloud is
    fixed: make a new image.
    """

    code = "D307"
    severity = everywhere(FORBIDDEN)

    @staticmethod
    def good() -> Example:
        return case(image={"disk_format": "raw"}, disk={"disk_format": "raw"})

    @staticmethod
    def bad() -> Example:
        return case(image={"disk_format": "raw"}, disk={"disk_format": "qcow2"})

    def check_disk(self, plan: Plan, disk: Disk) -> Iterator[Flaw]:
        if plan.image.disk_format != "raw":
            return
        found = disk.disk_format()
        if found.value == "qcow2":
            undeclared = Fix.by(UnsetField("disk_format")) if plan.before is None else Fix()
            yield Flaw(
                message=f"the file is qcow2, but it {is_or_would_be(plan, 'disk_format')} declared raw",
                location=found.location,
                fix=Fix.by(Recreate()) if plan.has_data else undeclared | Fix.by(SetField("disk_format", "qcow2")),
            )
