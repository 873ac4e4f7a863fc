"""V103."""

from __future__ import annotations

from collections.abc import Iterator

from vscclient.model.facts import Facts
from vscclient.model.fix import Fix, SetField
from vscclient.model.image import Image
from vscclient.model.plan import Plan
from vscclient.model.visibility import Visibility
from vscclient.policy.example import Example, case
from vscclient.policy.rule import ERROR, IGNORED, NOTE, WARNING, Flaw, Rule, by_visibility


class NameIsNotConfusable(Rule):
    """The name is not the name of a public image, and cannot be confused with one.

    Upper and lower case, letters that look alike, spaces, ``-`` and ``_`` make no difference; nor does a dot, except
    between digits, where it can be confused with other separators. Hidden public images count, too.

    Why: a user who confuses the names boots a stranger's image instead of the VSC's.
    Fix: choose another name.
    """

    code = "V103"
    claims = frozenset(("name",))
    severity = by_visibility(private=NOTE, shared=WARNING, community=ERROR, public=IGNORED)

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
                verb = "is" if other.name == name else "can be confused with"
                yield Flaw(
                    message=f"the name '{name}' {verb} the name of the public image {other.name} ({other.id})",
                    fix=Fix.by(SetField("name")),
                )
