"""D301."""

from __future__ import annotations

from collections.abc import Iterator

from vscclient.model.disk import DISK_FORMATS
from vscclient.model.facts import Facts
from vscclient.model.plan import Plan
from vscclient.policy.example import case
from vscclient.policy.rule import ERROR, Flaw, Rule, everywhere


class DeclaredFormatIsTheFiles(Rule):
    """The declared disk format is the format of the file.

    Why: the hypervisor believes the declaration; an image with the wrong one does not boot.
    Mend: leave ``--disk-format`` out, and it is found out from the file.
    """

    code = "D301"
    severity = everywhere(ERROR)
    good = case(image={"disk_format": "vmdk"}, disk={"disk_format": "vmdk"})
    bad = case(image={"disk_format": "qcow2"}, disk={"disk_format": "vmdk"})

    def check(self, plan: Plan, facts: Facts) -> Iterator[Flaw]:
        declared = plan.image.disk_format
        if not plan.image.is_disk or facts.disk.wrapping().value:  # a compressed file is D304's
            return
        found = facts.disk.disk_format()
        if found.value != declared and (declared, found.value) != ("raw", "qcow2"):  # that one is D307's
            yield Flaw(
                message=f"the disk format would be {declared}, but the file is {found.value}",
                seen_at=found.seen_at,
                mend=_mend(found.value),
            )


def _mend(found: str) -> str:
    if found in DISK_FORMATS:
        return f"say --disk-format {found}, or leave it out"
    return "qemu-img convert -O qcow2 FILE NEW_FILE"
