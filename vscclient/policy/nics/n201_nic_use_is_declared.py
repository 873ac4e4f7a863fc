"""N201."""

from __future__ import annotations

from collections.abc import Iterator

from vscclient.model.facts import Facts
from vscclient.model.fix import Fix, SetField
from vscclient.model.image import MULTI_NIC
from vscclient.model.plan import Plan
from vscclient.policy.example import Example, case
from vscclient.policy.rule import ERROR, NOTE, WARNING, Flaw, Rule, by_visibility, suggestion


class NicUseIsDeclared(Rule):
    """An image with a guest declares whether the guest uses several network interfaces (NICs).

    Why: an instance with the outside world and the shared storage needs a guest that brings up several NICs; nobody
    should have to boot an image to find out.
    Fix: declare that the guest uses several NICs, or only one.
    """

    code = "N201"
    severity = by_visibility(private=NOTE, shared=WARNING, community=ERROR, public=ERROR)

    @staticmethod
    def good() -> Example:
        return case(image={"properties": {"vsc_multi_nic": "true"}})

    @staticmethod
    def bad() -> Example:
        return case(image={"properties": {}})

    def check(self, plan: Plan, facts: Facts) -> Iterator[Flaw]:
        if plan.image.has_guest and plan.image.multi_nic is None:
            if plan.before is None:
                suggestion(facts.guest.nics_at_boot, None)  # raises NotYet: a guest on its way may declare it
            yield Flaw(
                message="the image does not declare whether its guest uses several network interfaces",
                fix=Fix.by(SetField(MULTI_NIC, "true")) | Fix.by(SetField(MULTI_NIC, "false")),
            )
