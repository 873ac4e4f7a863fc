"""D307."""

from __future__ import annotations

from collections.abc import Iterator

from vscclient.model.facts import Facts
from vscclient.model.plan import Plan
from vscclient.policy.example import case
from vscclient.policy.rule import FORBIDDEN, Flaw, Rule, everywhere


class AQcow2IsNotDeclaredRaw(Rule):
    """A qcow2 is not declared raw.

    Why: Glance accepts it, no instance boots from it, and a hypervisor that looks at it again may follow what its
    header names. It is the most frequent mistake with the standard client, whose default is raw.
    Mend: leave ``--disk-format`` out, and it is found out from the file.
    """

    code = "D307"
    severity = everywhere(FORBIDDEN)
    good = case(image={"disk_format": "raw"}, disk={"disk_format": "raw"})
    bad = case(image={"disk_format": "raw"}, disk={"disk_format": "qcow2"})

    def check(self, plan: Plan, facts: Facts) -> Iterator[Flaw]:
        if not plan.image.is_disk or plan.image.disk_format != "raw":
            return
        found = facts.disk.disk_format()
        if found.value == "qcow2":
            yield Flaw(
                message="the file is qcow2, and would be declared raw",
                seen_at=found.seen_at,
                mend="leave --disk-format out, or say --disk-format qcow2",
            )
