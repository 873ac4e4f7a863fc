"""M407."""

from __future__ import annotations

from collections.abc import Iterator

from vscclient.model.facts import Facts
from vscclient.model.fix import Fix, Recreate
from vscclient.model.plan import Plan
from vscclient.policy.example import Example, case
from vscclient.policy.rule import FORBIDDEN, Flaw, Rule, everywhere

_FIXED = {"disk_format": "disk format", "container_format": "container format"}
"""Fields that Glance fixes once there is data. Source: Glance, ``glance.api.v2.images``, «Forbidden to update»."""


class FormatsDoNotChange(Rule):
    """The formats of an image with data do not change.

    Why: the cloud refuses such a change. The formats define how the data is read, and instances may be using it.
    Fix: make a new image.
    """

    code = "M407"
    severity = everywhere(FORBIDDEN)

    @staticmethod
    def good() -> Example:
        return case(image={"disk_format": "raw"}, before={"disk_format": "qcow2", "status": "queued"})

    @staticmethod
    def bad() -> Example:
        return case(image={"disk_format": "raw"}, before={"disk_format": "qcow2", "status": "active"})

    def check(self, plan: Plan, facts: Facts) -> Iterator[Flaw]:
        if plan.before is None or not plan.has_data:
            return
        for field, name in _FIXED.items():
            now, planned = getattr(plan.before, field), getattr(plan.image, field)
            if now != planned:
                yield Flaw(
                    message=f"the {name} of an image with data is fixed: it is {now}, and cannot become {planned}",
                    fix=Fix.by(Recreate()),
                )
