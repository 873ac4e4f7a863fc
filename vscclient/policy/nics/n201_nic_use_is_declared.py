"""N201."""

from __future__ import annotations

from collections.abc import Iterator

from guestinspect.model.guest import Nics
from vscclient.model.content import has_guest
from vscclient.model.facts import Facts
from vscclient.model.finding import Outcome
from vscclient.model.fix import Fix, SetField
from vscclient.model.image import MULTI_NIC
from vscclient.model.plan import Plan
from vscclient.policy.example import Example, case
from vscclient.policy.rule import ERROR, NOTE, WARNING, Flaw, Rule, by_visibility, suggestion

_FIRST_NIC = "N206"


class NicUseIsDeclared(Rule):
    """An image declares whether its guest uses several network interfaces (NICs).

    The rule does not apply to installers, kernels and ramdisks. It also applies if no guest could be found on the disk.
    If even the first NIC stays down, N206 is reported instead.

    Why: an instance that uses the internet and the shared storage has several NICs. Users should know without a test
    whether an image configures all of them.
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
        if plan.image.multi_nic is None and has_guest(plan.image, facts.disk, facts.guest):
            # A guest that nobody can reach has to be fixed first; whoever waives that has to declare its use.
            if _FIRST_NIC not in plan.waived and facts.outcome_of(_FIRST_NIC) is Outcome.BROKEN:
                return
            found = suggestion(facts.guest.nics_at_boot, None)  # NotYet: a guest on its way may declare it
            several, one = Fix.by(SetField(MULTI_NIC, "true")), Fix.by(SetField(MULTI_NIC, "false"))
            detected = several if found and found.verdict is Nics.ALL else one  # as of a new image
            yield Flaw(
                message="the image does not declare whether its guest uses several network interfaces",
                fix=detected if found else several | one,
            )
