"""D307."""

from __future__ import annotations

from collections.abc import Iterator

from guestinspect.model.disk import Disk
from vscclient.model.plan import Plan
from vscclient.policy.again import NEW_IMAGE, has_data
from vscclient.policy.disk.disk_rule import DiskRule, is_or_would_be
from vscclient.policy.example import Example, case
from vscclient.policy.rule import FORBIDDEN, Flaw, everywhere


class Qcow2IsNotDeclaredRaw(DiskRule):
    """A qcow2 is not declared raw.

    Why: Glance accepts it, no instance boots from it, and a hypervisor that looks at it again may follow what its
    header names. It is the most frequent mistake with the standard client, whose default is raw.
    Fix: leave ``--disk-format`` out, and it is found out from the file. The format of an image that is in the cloud
    already is fixed: make a new one.
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
            yield Flaw(
                message=f"the file is qcow2, and {is_or_would_be(plan, 'disk_format')} declared raw",
                location=found.location,
                fix=f"make a new image: {NEW_IMAGE}"
                if has_data(plan)
                else "leave --disk-format out, or say --disk-format qcow2",
            )
