"""D301."""

from __future__ import annotations

from collections.abc import Iterator

from guestinspect.model.disk import DISK_FORMATS, Disk
from vscclient.model.plan import Plan
from vscclient.policy.again import NEW_IMAGE, again_by, has_data
from vscclient.policy.disk.disk_rule import DiskRule, is_or_would_be
from vscclient.policy.example import Example, case
from vscclient.policy.rule import ERROR, Flaw, everywhere


class FormatMatchesFile(DiskRule):
    """The declared disk format is the format of the file.

    Why: the hypervisor believes the declaration; an image with the wrong one does not boot.
    Fix: leave ``--disk-format`` out, and it is found out from the file. The format of an image that is in the cloud
    already is fixed: make a new one.
    """

    code = "D301"
    severity = everywhere(ERROR)

    @staticmethod
    def good() -> Example:
        return case(image={"disk_format": "vmdk"}, disk={"disk_format": "vmdk"})

    @staticmethod
    def bad() -> Example:
        return case(image={"disk_format": "qcow2"}, disk={"disk_format": "vmdk"})

    def check_disk(self, plan: Plan, disk: Disk) -> Iterator[Flaw]:
        declared = plan.image.disk_format
        if disk.wrapping().value:  # a compressed file is D304's
            return
        found = disk.disk_format()
        if found.value != declared and (declared, found.value) != ("raw", "qcow2"):  # that one is D307's
            said = f"{is_or_would_be(plan, 'disk_format')} {declared}"
            yield Flaw(
                message=f"the disk format {said}, but the file is {found.value}",
                location=found.location,
                fix=_mend(found.value, plan),
            )


def _mend(found: str, plan: Plan) -> str:
    if found not in DISK_FORMATS:
        return again_by(plan, "qemu-img convert -O qcow2 FILE NEW_FILE")
    return f"make a new image: {NEW_IMAGE}" if has_data(plan) else f"say --disk-format {found}, or leave it out"
