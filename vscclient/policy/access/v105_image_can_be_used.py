"""V105."""

from __future__ import annotations

from collections.abc import Iterator

from vscclient.model.facts import Facts
from vscclient.model.fix import Advice, Fix, Recreate, Reference, SetField
from vscclient.model.plan import Plan
from vscclient.model.visibility import Visibility
from vscclient.policy.example import Example, case
from vscclient.policy.rule import ERROR, IGNORED, WARNING, Flaw, Rule, by_visibility

_COMMUNITY = {"visibility": Visibility.COMMUNITY}

_UNUSABLE = {
    "deactivated": ("the image is deactivated; nobody can boot it", Fix.by(SetField("status", "active"))),
    "queued": ("the image has no data yet", Fix.by(Advice("upload its data first")) | Fix.by(Recreate())),
}
"""The message and the fix for a status; the others pass by themselves. Source: Glance, «Image Statuses»."""

_WAIT = Fix.by(Advice("wait until the image is active", Reference.STATUS))


class ImageCanBeUsed(Rule):
    """An image is active and not hidden when it is given to more people.

    You can deactivate or hide an image at any time, for example to retire it.

    Why: people try to boot an image that is offered to them; and they do not see a hidden image in their usual list.
    Fix: upload its data, activate it, or stop hiding it first.
    """

    code = "V105"
    severity = by_visibility(private=IGNORED, shared=WARNING, community=ERROR, public=ERROR)

    @staticmethod
    def good() -> Example:
        return case(image=_COMMUNITY | {"status": "active"})

    @staticmethod
    def bad() -> Example:
        return case(image=_COMMUNITY | {"status": "queued"})

    def check(self, plan: Plan, facts: Facts) -> Iterator[Flaw]:
        # A plan that admits nobody may retire an image, or change a retired one.
        may_be_retired = plan.before is not None and plan.before != plan.image and not plan.widens
        status = plan.image.status
        if status != "active" and not may_be_retired:
            message, fix = _UNUSABLE.get(status, (f"the image is not ready: its status is {status}", _WAIT))
            yield Flaw(message=message, fix=fix)
        if plan.image.hidden and plan.widens_audience:
            fix = Fix.by(SetField("os_hidden", value=False))
            yield Flaw(message="the image is hidden; others would not find it in a list", fix=fix)
