"""N201."""

from __future__ import annotations

from collections.abc import Iterator

from vscclient.model.facts import Facts
from vscclient.model.plan import Plan
from vscclient.policy.example import Example, case
from vscclient.policy.guest_rule import suggested
from vscclient.policy.rule import ERROR, INFORMATION, WARNING, Flaw, Rule, by_visibility, saying


class NicUseIsDeclared(Rule):
    """An image with a guest says whether the guest uses several network interfaces (NICs).

    Why: who wants the outside world and the shared storage needs a guest that brings up several NICs; nobody should
    have to boot an image to find out.
    Fix: say ``--multi-nic`` or ``--single-nic``.
    """

    code = "N201"
    severity = by_visibility(private=INFORMATION, shared=WARNING, community=ERROR, public=ERROR)

    @staticmethod
    def good() -> Example:
        return case(image={"properties": {"vsc_multi_nic": "true"}})

    @staticmethod
    def bad() -> Example:
        return case(image={"properties": {}})

    def check(self, plan: Plan, facts: Facts) -> Iterator[Flaw]:
        if plan.image.has_guest and plan.image.multi_nic is None:
            if plan.before is None:
                suggested(facts.guest.nics_at_boot, None)  # one that is on its way may say it
            yield Flaw(
                message="it does not say whether its guest uses several network interfaces",
                fix=saying(plan, "--multi-nic") + ("  # or --single-nic" if plan.before else " or --single-nic"),
            )
