"""D305."""

from __future__ import annotations

from collections.abc import Iterator

from vscclient.model.disk import whole_gib
from vscclient.model.facts import Facts
from vscclient.model.plan import Plan
from vscclient.policy.example import GIB, case
from vscclient.policy.rule import ERROR, Flaw, Rule, everywhere


class MinimumDiskHoldsTheDisk(Rule):
    """The minimum disk is at least the virtual size of the disk.

    Why: with less, a flavor can be chosen whose disk is too small, and the instance fails to start.
    Mend: leave ``--min-disk`` out, and it is the virtual size rounded up to GiB.
    """

    code = "D305"
    severity = everywhere(ERROR)
    good = case(image={"min_disk_gib": 10}, disk={"virtual_size_bytes": 10 * GIB})
    bad = case(image={"min_disk_gib": 10}, disk={"virtual_size_bytes": 10 * GIB + 1})

    def check(self, plan: Plan, facts: Facts) -> Iterator[Flaw]:
        if not plan.image.is_disk:
            return
        found = facts.disk.virtual_size_bytes()
        needed_gib = whole_gib(found.value)
        if plan.image.min_disk_gib < needed_gib:
            yield Flaw(
                message=f"the minimum disk would be {plan.image.min_disk_gib} GiB, but the disk needs {needed_gib} GiB",
                seen_at=found.seen_at,
                mend=f"leave --min-disk out, or say --min-disk {needed_gib}",
            )
