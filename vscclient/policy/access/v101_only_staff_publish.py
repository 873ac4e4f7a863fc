"""V101."""

from __future__ import annotations

from collections.abc import Iterator

from vscclient.model.facts import Facts
from vscclient.model.fix import Advice, Fix, SetField
from vscclient.model.plan import Plan
from vscclient.model.visibility import Visibility
from vscclient.policy.example import Example, case
from vscclient.policy.rule import FORBIDDEN, IGNORED, Flaw, Rule, by_visibility


class OnlyStaffPublish(Rule):
    """Only the VSC's staff can make an image public.

    Exception: the owner can change an image that is already public, without the publishing role.

    Why: everybody sees a public image in the list, and assumes that the VSC maintains it.
    Fix: share the image with projects, or offer it to everybody as a community image.
    """

    code = "V101"
    severity = by_visibility(private=IGNORED, shared=IGNORED, community=IGNORED, public=FORBIDDEN)

    @staticmethod
    def good() -> Example:
        return case(image={"visibility": Visibility.PUBLIC}, is_staff=True)

    @staticmethod
    def bad() -> Example:
        return case(image={"visibility": Visibility.PUBLIC}, is_staff=False)

    def check(self, plan: Plan, facts: Facts) -> Iterator[Flaw]:
        before = plan.before.visibility if plan.before else None
        if before is Visibility.PUBLIC or facts.is_staff().value:
            return
        yield Flaw(
            message="only the VSC provides public images, and you do not have its publishing role",
            fix=Fix.by(
                Advice("send the ID of the image to the VSC's staff, who can make it public")
                if before is Visibility.COMMUNITY
                else SetField("visibility", str(Visibility.COMMUNITY))
            ),
        )
