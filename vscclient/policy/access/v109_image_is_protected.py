"""V109."""

from __future__ import annotations

from collections.abc import Iterator

from vscclient.model.facts import Facts
from vscclient.model.fix import Fix, SetField
from vscclient.model.plan import Plan
from vscclient.model.visibility import Visibility
from vscclient.policy.example import Example, case
from vscclient.policy.rule import IGNORED, NOTE, Flaw, Rule, by_visibility

_COMMUNITY = {"visibility": Visibility.COMMUNITY}


class ImageIsProtected(Rule):
    """An image that others use is protected from deletion.

    Why: others build on it; an instance may need its image again, when it is rebuilt or moved to another host.
    Fix: protect the image. Before you delete it, remove the protection.
    """

    code = "V109"
    severity = by_visibility(private=IGNORED, shared=NOTE, community=NOTE, public=NOTE)

    @staticmethod
    def good() -> Example:
        return case(image=_COMMUNITY | {"protected": True})

    @staticmethod
    def bad() -> Example:
        return case(image=_COMMUNITY | {"protected": False})

    def check(self, plan: Plan, facts: Facts) -> Iterator[Flaw]:
        if not plan.image.protected:
            yield Flaw(
                message="the image is not protected from deletion; others may build on it",
                fix=Fix.by(SetField("protected", value=True)),
            )
