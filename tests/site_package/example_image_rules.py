"""Rules for images at Example University."""

from __future__ import annotations

from collections.abc import Iterator

from vscclient.model.facts import Facts
from vscclient.model.fix import Fix, SetField
from vscclient.model.plan import Plan
from vscclient.policy.example import Example, case
from vscclient.policy.rule import ERROR, WARNING, Flaw, Rule, by_visibility


class NameHasNoSpaces(Rule):
    """The name of an image has no spaces.

    Why: our scripts split lists of names at spaces.
    Fix: write ``rna-tools`` for ``rna tools``.
    """

    code = "X101"
    severity = by_visibility(private=WARNING, shared=ERROR, community=ERROR, public=ERROR)

    @staticmethod
    def good() -> Example:
        return case(image={"name": "rna-tools"})

    @staticmethod
    def bad() -> Example:
        return case(image={"name": "rna tools"})

    def check(self, plan: Plan, facts: Facts) -> Iterator[Flaw]:
        name = plan.image.name or ""
        if " " in name:
            fix = Fix.by(SetField("name", name.replace(" ", "-")))
            yield Flaw(message=f"there are spaces in the name '{name}'", fix=fix)
