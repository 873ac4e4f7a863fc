"""D304."""

from __future__ import annotations

from collections.abc import Iterator

from guestinspect.model.disk import Disk
from vscclient.model.fix import FileAction, OnFile, then_recreate
from vscclient.model.plan import Plan
from vscclient.policy.example import Example, case
from vscclient.policy.rule import ERROR, DiskRule, Flaw, everywhere


class FileIsNotCompressed(DiskRule):
    """The file is a disk, not a compressed file or an archive that contains a disk.

    Why: the cloud does not unpack the file; it would count as a raw disk, which does not boot.
    Fix: unpack the file first. A qcow2 that is compressed inside is fine.
    """

    code = "D304"
    severity = everywhere(ERROR)

    @staticmethod
    def good() -> Example:
        return case(disk={"archive_format": None})

    @staticmethod
    def bad() -> Example:
        return case(disk={"archive_format": "gzip"})

    def check_disk(self, plan: Plan, disk: Disk) -> Iterator[Flaw]:
        found = disk.archive_format()
        if found.value:
            yield Flaw(
                message=f"the data is a {found.value} file, not a disk",
                location=found.location,
                fix=then_recreate(plan, OnFile(FileAction.UNPACK, found.value)),
            )
