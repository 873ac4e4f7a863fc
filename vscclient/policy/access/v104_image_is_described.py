"""V104."""

from __future__ import annotations

from collections.abc import Iterator

from vscclient.model.facts import Facts
from vscclient.model.plan import Plan
from vscclient.model.visibility import Visibility
from vscclient.policy.example import Example, case
from vscclient.policy.rule import ERROR, IGNORED, INFORMATION, WARNING, Flaw, Rule, by_visibility, saying


class ImageIsDescribed(Rule):
    """An image that others use says what it is.

    Why: strangers have nothing else to go by: what is in it, for whom it was made, how to log in.
    Fix: say ``--description`` and a sentence or two.
    """

    code = "V104"
    severity = by_visibility(private=IGNORED, shared=INFORMATION, community=ERROR, public=WARNING)

    @staticmethod
    def good() -> Example:
        return case(
            image={"visibility": Visibility.COMMUNITY, "properties": {"description": "Debian 12 with RNA tools"}}
        )

    @staticmethod
    def bad() -> Example:
        return case(image={"visibility": Visibility.COMMUNITY, "properties": {}})

    def check(self, plan: Plan, facts: Facts) -> Iterator[Flaw]:
        if not plan.image.properties.get("description", "").strip():
            yield Flaw(
                message="it has no description", fix=saying(plan, "--description 'what is in it, and how to log in'")
            )
