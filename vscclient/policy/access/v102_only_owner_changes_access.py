"""V102."""

from __future__ import annotations

from collections.abc import Iterator

from vscclient.model.facts import Facts
from vscclient.model.plan import Plan
from vscclient.model.visibility import Visibility
from vscclient.policy.example import THEIRS, Example, case
from vscclient.policy.rule import FORBIDDEN, Flaw, Rule, everywhere

_COMMUNITY = {"visibility": Visibility.COMMUNITY}
_PRIVATE = {"visibility": Visibility.PRIVATE}


class OnlyOwnerChangesAccess(Rule):
    """Only the project that owns an image, or staff, changes who may see it.

    Why: whoever can use an image has no say in who else can; and the owner would not know who lost it.
    Fix: ask the owner, or upload a copy and share that.
    """

    code = "V102"
    severity = everywhere(FORBIDDEN)

    @staticmethod
    def good() -> Example:
        return case(image=_COMMUNITY, before=_PRIVATE)

    @staticmethod
    def bad() -> Example:
        return case(image=_COMMUNITY | {"owner": THEIRS}, before=_PRIVATE)

    def check(self, plan: Plan, facts: Facts) -> Iterator[Flaw]:
        if plan.before is None or not plan.changes_access:
            return
        owner, mine = plan.before.owner, facts.project_id()
        if mine.value != owner and not facts.is_staff().value:
            yield Flaw(
                message=f"the image belongs to project {owner}: only that project decides who may see it",
                fix=f"ask project {owner}, or make a copy of your own: openstack vsc image create NAME --file FILE",
            )
