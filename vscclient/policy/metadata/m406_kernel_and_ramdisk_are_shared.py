"""M406."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from guestinspect.model.fact import Unknown
from vscclient.model.facts import Facts
from vscclient.model.plan import Plan
from vscclient.model.recipients import Recipients
from vscclient.model.visibility import Visibility
from vscclient.policy.example import MINE, Example, case
from vscclient.policy.rule import ERROR, Flaw, Rule, everywhere

_PARTS = {"kernel_id": "kernel", "ramdisk_id": "ramdisk"}
_COMMUNITY = {"visibility": Visibility.COMMUNITY, "properties": {"kernel_id": "k1"}}


class KernelAndRamdiskAreShared(Rule):
    """The kernel and the ramdisk of an image are there, and whoever may use the image may use them.

    Why: an instance needs all three; who cannot get the kernel cannot boot the image.
    Fix: share the kernel and the ramdisk with the same projects, or publish them first.
    """

    code = "M406"
    severity = everywhere(ERROR)

    @staticmethod
    def good() -> Example:
        return case(image=_COMMUNITY, reaches={"k1": Recipients(visibility=Visibility.COMMUNITY, owner=MINE)})

    @staticmethod
    def bad() -> Example:
        return case(image=_COMMUNITY, reaches={"k1": Recipients(visibility=Visibility.PRIVATE, owner=MINE)})

    def check(self, plan: Plan, facts: Facts) -> Iterator[Flaw]:
        unseen = []
        for key, part in _PARTS.items():
            part_id = plan.image.properties.get(key)
            if not part_id:
                continue
            reach = facts.reach_of(part_id).value
            if reach is None:
                yield _missing(part, part_id)
            elif not reach.covers(_wanted(plan, facts)):
                if _is_seen_whole(reach, facts):
                    yield _too_narrow(part, part_id, reach, _wanted(plan, facts))
                else:
                    unseen.append(f"only project {reach.owner} knows with whom else the {part} {part_id} is shared")
        if unseen:
            raise Unknown("; ".join(unseen))


def _wanted(plan: Plan, facts: Facts) -> Recipients:
    """Whom the image reaches; one that is new and names no owner is the user's."""
    return replace(plan.reach, owner=plan.image.owner or facts.project_id().value)


def _is_seen_whole(reach: Recipients, facts: Facts) -> bool:
    """Whether the user is told of everybody whom it reaches: of a shared image, a member sees itself only."""
    if reach.visibility is not Visibility.SHARED or reach.owner == facts.project_id().value:
        return True
    return facts.is_staff().value


def _missing(part: str, part_id: str) -> Flaw:
    return Flaw(
        message=f"its {part} {part_id} does not exist, or you may not see it",
        fix=f"name another one with --{part}, or take it away: openstack vsc image unset --property {part}_id IMAGE",
    )


def _too_narrow(part: str, part_id: str, reach: Recipients, wanted: Recipients) -> Flaw:
    missing = sorted(wanted.projects - reach.projects)
    is_for_everybody = wanted.visibility in (Visibility.COMMUNITY, Visibility.PUBLIC)
    return Flaw(
        message=f"its {part} {part_id} is {reach.visibility}: not everybody who may use the image may use that",
        fix=f"openstack vsc image community {part_id}"
        if is_for_everybody
        else f"openstack vsc image share {part_id} {' '.join(missing)}",
    )
