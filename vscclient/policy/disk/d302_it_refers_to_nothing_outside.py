"""D302."""

from __future__ import annotations

from collections.abc import Iterator

from vscclient.model.facts import Facts
from vscclient.model.plan import Plan
from vscclient.policy.example import case
from vscclient.policy.rule import FORBIDDEN, Flaw, Rule, everywhere


class ItRefersToNothingOutside(Rule):
    """The disk refers to nothing outside itself: no backing file, no data file, no extent in another file.

    Why: the other file is not uploaded, so that the image does not boot; and a hypervisor that follows such a reference
    opens a file of its own.
    Mend: ``qemu-img convert -O qcow2 FILE NEW_FILE`` makes one file of all.
    """

    code = "D302"
    severity = everywhere(FORBIDDEN)
    good = case(disk={"references": ()})
    bad = case(disk={"references": ("backing file 'base.qcow2'",)})

    def check(self, plan: Plan, facts: Facts) -> Iterator[Flaw]:
        if not plan.image.is_disk:
            return
        found = facts.disk.references()
        for reference in found.value:
            yield Flaw(
                message=f"it needs another file, which would not be uploaded: {reference}",
                seen_at=found.seen_at,
                mend="qemu-img convert -O qcow2 FILE NEW_FILE",
            )
