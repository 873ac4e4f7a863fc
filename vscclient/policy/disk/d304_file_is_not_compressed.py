"""D304."""

from __future__ import annotations

from collections.abc import Iterator

from vscclient.model.content import has_disk
from vscclient.model.facts import Facts
from vscclient.model.fix import FileAction, OnFile, then_recreate
from vscclient.model.image import COMPRESSED
from vscclient.model.plan import Plan
from vscclient.policy.example import Example, case
from vscclient.policy.rule import ERROR, Flaw, Rule, everywhere

_OF_ARCHIVES = ("ova", "docker", COMPRESSED)


class FileIsNotCompressed(Rule):
    """The file is a disk, not a compressed file or an archive that contains a disk.

    Archives have container formats of their own, ``ova``, ``docker`` and ``compressed``: D301 checks whether they fit.
    A kernel or a ramdisk may be compressed.

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

    def check(self, plan: Plan, facts: Facts) -> Iterator[Flaw]:
        image = plan.image
        if image.disk_format is None or image.container_format in _OF_ARCHIVES:
            return
        found = facts.disk.archive_format()
        if found.value and has_disk(image, facts.disk):
            expected = "a kernel or a ramdisk" if image.is_declared_boot_part else "a disk"
            yield Flaw(
                message=f"the data is a {found.value} file, not {expected}",
                location=found.location,
                fix=then_recreate(plan, OnFile(FileAction.UNPACK, found.value)),
            )
