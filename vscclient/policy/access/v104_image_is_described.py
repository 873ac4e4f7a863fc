"""V104."""

from __future__ import annotations

from collections.abc import Iterator

from vscclient.model.facts import Facts
from vscclient.model.fix import Fix, SetField
from vscclient.model.plan import Plan
from vscclient.model.visibility import Visibility
from vscclient.policy.example import Example, case
from vscclient.policy.rule import ERROR, IGNORED, NOTE, WARNING, Flaw, Rule, by_visibility


class ImageIsDescribed(Rule):
    """An image that others use has a description.

    Why: other people cannot know what the image contains, for whom it was made, and how to log in.
    Fix: describe the image in a sentence or two.
    """

    code = "V104"
    severity = by_visibility(private=IGNORED, shared=NOTE, community=ERROR, public=WARNING)

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
            yield Flaw(message="the image has no description", fix=Fix.by(SetField("description")))
