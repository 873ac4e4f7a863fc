"""D304."""

from __future__ import annotations

from collections.abc import Iterator

from guestinspect.model.disk import Disk
from vscclient.model.plan import Plan
from vscclient.policy.again import again, again_by
from vscclient.policy.disk.disk_rule import DiskRule
from vscclient.policy.example import Example, case
from vscclient.policy.rule import ERROR, Flaw, everywhere

_UNPACK = {
    "gzip": "gunzip FILE",
    "xz": "unxz FILE",
    "zstd": "unzstd FILE",
    "bzip2": "bunzip2 FILE",
    "lz4": "unlz4 FILE",
    "zip": "unzip FILE",
    "7z": "7z x FILE",
    "rar": "unrar x FILE",
    "tar": "tar -xf FILE",
}


class FileIsNotCompressed(DiskRule):
    """The file is a disk, not a compressed file or an archive with a disk in it.

    Why: the cloud does not unpack it; it would be taken for a raw disk that does not boot.
    Fix: unpack it first. A compressed qcow2 is fine: ``qemu-img convert -c -O qcow2 FILE NEW_FILE``.
    """

    code = "D304"
    severity = everywhere(ERROR)

    @staticmethod
    def good() -> Example:
        return case(disk={"wrapping": None})

    @staticmethod
    def bad() -> Example:
        return case(disk={"wrapping": "gzip"})

    def check_disk(self, plan: Plan, disk: Disk) -> Iterator[Flaw]:
        found = disk.wrapping()
        if found.value:
            yield Flaw(
                message=f"it is a {found.value} file, not a disk",
                location=found.location,
                fix=again_by(plan, _UNPACK[found.value]) if found.value in _UNPACK else again(plan, "unpack it first"),
            )
