"""V105."""

from __future__ import annotations

from collections.abc import Iterator

from vscclient.model.facts import Facts
from vscclient.model.plan import Plan
from vscclient.model.visibility import Visibility
from vscclient.policy.example import Example, case
from vscclient.policy.rule import ERROR, IGNORED, WARNING, Flaw, Rule, by_visibility, saying

_COMMUNITY = {"visibility": Visibility.COMMUNITY}


class ImageCanBeUsed(Rule):
    """An image that others can see is active, not deactivated; and it is not hidden while more people are let in.

    An image may well be deactivated or hidden: that is how an old one is retired.

    Why: who is offered an image will try to boot it; and a hidden one is in nobody's list.
    Fix: upload its data, ``--activate`` or ``--unhidden`` first.
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
        if plan.image.status != "active" and not _is_out_of_use(plan):
            yield _not_active(plan)
        if plan.image.hidden and plan.widens:
            yield Flaw(message="it is hidden, so that nobody would find it in a list", fix=saying(plan, "--unhidden"))


def _is_out_of_use(plan: Plan) -> bool:
    """Whether something is done to an image that is being taken out of use, or is so already, and nobody is let in."""
    return plan.before is not None and plan.before != plan.image and not plan.widens


def _not_active(plan: Plan) -> Flaw:
    """What an image is that is not active, and what to do. Source: Glance, «Image Statuses»."""
    status = plan.image.status
    if status == "deactivated":
        return Flaw(message="it is deactivated, so that nobody can boot it", fix=saying(plan, "--activate"))
    if status == "queued":
        fix = "upload its data first; or make it in one go: openstack vsc image create NAME --file FILE"
        return Flaw(message="it has no data yet", fix=fix)
    return Flaw(message=f"it is not ready: {status}", fix="wait until openstack vsc image show calls it active")
