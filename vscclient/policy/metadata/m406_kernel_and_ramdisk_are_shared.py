"""M406."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from guestinspect.model.fact import Unknown
from vscclient.model.facts import Facts
from vscclient.model.fix import Advice, Fix, GrantAccess, SetField, UnsetField
from vscclient.model.plan import Plan
from vscclient.model.visibility import Recipients, Visibility
from vscclient.policy.example import MINE, Example, case
from vscclient.policy.rule import ERROR, Flaw, Rule, everywhere

_PARTS = {"kernel_id": "kernel", "ramdisk_id": "ramdisk"}
_COMMUNITY = {"visibility": Visibility.COMMUNITY, "properties": {"kernel_id": "k1"}}


class KernelAndRamdiskAreShared(Rule):
    """The kernel and the ramdisk of an image exist and are active, and everybody who can use the image can use them.

    They are other images than the image itself.

    Why: an instance needs the image, the kernel and the ramdisk; without access to the kernel, nobody can boot it.
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
        unknown = []
        for key, part in _PARTS.items():
            part_id = plan.image.properties.get(key)
            if not part_id:
                continue
            reach = facts.reach_of(part_id).value
            if reach is None:
                yield Flaw(
                    message=f"the {part} {part_id} does not exist, or you cannot see it",
                    fix=Fix.by(SetField(key)) | Fix.by(UnsetField(key)),
                )
                continue
            if part_id == plan.image.id:
                yield Flaw(
                    message=f"the image is named as its own {part}", fix=Fix.by(SetField(key)) | Fix.by(UnsetField(key))
                )
                continue
            if reach.status != "active":
                yield Flaw(
                    message=f"the {part} {part_id} is {reach.status}: nobody can use it",
                    fix=Fix.by(Advice(f"activate the {part}, or upload its data")) | Fix.by(SetField(key)),
                )
            # The owner of a new image is the user's project.
            recipients = replace(plan.reach, owner=plan.image.owner or facts.project_id().value)
            if reach.covers(recipients):
                continue
            if _is_complete(reach, facts):
                yield Flaw(
                    message=f"the {part} {part_id} is {reach.visibility}: not all users of the image can use it",
                    fix=Fix.by(GrantAccess(part_id, recipients.not_in(reach))),
                )
            else:
                unknown.append(f"only project {reach.owner} can list the members of the {part} {part_id}")
        if unknown:
            raise Unknown("; ".join(unknown))


def _is_complete(reach: Recipients, facts: Facts) -> bool:
    """Check whether the recipients of a part are all known: Glance lists the members of an image to its owner alone."""
    if reach.visibility is not Visibility.SHARED or reach.owner == facts.project_id().value:
        return True
    return facts.is_staff().value
