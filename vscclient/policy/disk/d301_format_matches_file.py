"""D301."""

from __future__ import annotations

from collections.abc import Iterator

from guestinspect.model.disk import DISK_FORMATS, Disk
from vscclient.model.fix import FileAction, Fix, OnFile, Recreate, SetField, UnsetField, then_recreate
from vscclient.model.plan import Plan
from vscclient.policy.example import Example, case
from vscclient.policy.rule import ERROR, DiskRule, Flaw, everywhere
from vscclient.policy.tense import is_or_would_be


class FormatMatchesFile(DiskRule):
    """The disk format of the image is the format of the file.

    Why: the hypervisor trusts the disk format; with a wrong one, the image does not boot.
    Fix: do not set the disk format of a new image: it is detected from the file. The format of an image in the cloud is
    fixed: make a new image.
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
        if disk.archive_format().value:  # D304 reports a compressed file
            return
        found = disk.disk_format()
        if found.value != declared and (declared, found.value) != ("raw", "qcow2"):  # D307 reports that
            verb = is_or_would_be(plan, "disk_format")
            yield Flaw(
                message=f"the disk format {verb} {declared}, but the file is {found.value}",
                location=found.location,
                fix=_fix(found.value, plan),
            )


def _fix(found: str, plan: Plan) -> Fix:
    if found not in DISK_FORMATS:
        return then_recreate(plan, OnFile(FileAction.CONVERT, "qcow2"))
    if plan.has_data:
        return Fix.by(Recreate())
    correct = Fix.by(SetField("disk_format", found))
    return correct if plan.before else Fix.by(UnsetField("disk_format")) | correct
