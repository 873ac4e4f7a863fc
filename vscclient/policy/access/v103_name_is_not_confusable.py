"""V103."""

from __future__ import annotations

from collections.abc import Iterator

from vscclient.model.facts import Facts
from vscclient.model.image import Image
from vscclient.model.plan import Plan
from vscclient.model.visibility import Visibility
from vscclient.policy.example import Example, case
from vscclient.policy.rule import ERROR, IGNORED, INFORMATION, WARNING, Flaw, Rule, by_visibility, saying


class NameIsNotConfusable(Rule):
    """The name is not that of a public image, and cannot be taken for one.

    Upper and lower case, letters that look alike, spaces, ``-`` and ``_`` make no difference; nor does a dot, unless it
    stands between digits.

    Why: who boots the wrong one of two takes a stranger's image for the VSC's.
    Fix: give it a name of its own.
    """

    code = "V103"
    severity = by_visibility(private=INFORMATION, shared=WARNING, community=ERROR, public=IGNORED)

    @staticmethod
    def good() -> Example:
        return case(image={"visibility": Visibility.COMMUNITY, "name": "Debian-12-rna"}, namesakes=())

    @staticmethod
    def bad() -> Example:
        return case(
            image={"visibility": Visibility.COMMUNITY, "name": "debian 12"},
            namesakes=(Image(name="Debian-12", id="d12"),),
        )

    def check(self, plan: Plan, facts: Facts) -> Iterator[Flaw]:
        name = plan.image.name
        if name is None:
            return
        for other in facts.public_namesakes(name).value:
            if other.id != plan.image.id:
                is_same = "is that of" if other.name == name else "can be taken for that of"
                yield Flaw(
                    message=f"the name '{name}' {is_same} the public image {other.name} ({other.id})",
                    fix=saying(plan, "--name NEW_NAME") if plan.before else "give it another name",
                )
