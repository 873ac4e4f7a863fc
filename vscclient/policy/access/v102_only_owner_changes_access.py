"""V102."""

from __future__ import annotations

from collections.abc import Iterator

from vscclient.model.facts import Facts
from vscclient.model.fix import Advice, Fix, Recreate
from vscclient.model.plan import Plan
from vscclient.model.visibility import Visibility
from vscclient.policy.example import THEIRS, Example, case
from vscclient.policy.rule import FORBIDDEN, Flaw, Rule, everywhere

_COMMUNITY = {"visibility": Visibility.COMMUNITY}
_PRIVATE = {"visibility": Visibility.PRIVATE}


class OnlyOwnerChangesAccess(Rule):
    """Only the project that owns an image and the VSC's staff can change who can use the image.

    Why: a project that can use an image does not decide who else can use it; and the owner would not learn who lost
    access.
    Fix: ask the owner, or upload a copy and share the copy.
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
        owner = plan.before.owner
        if facts.project_id().value != owner and not facts.is_staff().value:
            yield Flaw(
                message=f"the image belongs to project {owner}; "
                "only that project and the VSC's staff can change who can use it",
                fix=Fix.by(Advice(f"ask project {owner}")) | Fix.by(Recreate()),
            )
