"""V101."""

from __future__ import annotations

from collections.abc import Iterator

from vscclient.model.facts import Facts
from vscclient.model.plan import Plan
from vscclient.model.visibility import Visibility
from vscclient.policy.example import Example, case
from vscclient.policy.rule import FORBIDDEN, IGNORED, Flaw, Rule, by_visibility


class OnlyStaffPublish(Rule):
    """A public image is provided by the VSC's staff. What they made public stays so while its owner works on it.

    Why: everybody sees a public image in the list and takes it for one that the VSC stands behind.
    Fix: share the image with projects (``--shared``), or offer it to everybody as ``--community``.
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
        if plan.before is not None and plan.before.visibility is Visibility.PUBLIC:
            return
        if not facts.is_staff().value:
            yield Flaw(
                message="public images are provided by the VSC, and you do not have its publishing role",
                fix="use --community, so that everybody can find and use it",
            )
