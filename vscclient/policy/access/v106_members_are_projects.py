"""V106."""

from __future__ import annotations

from collections.abc import Iterator

from vscclient.model.facts import Facts
from vscclient.model.plan import Plan
from vscclient.model.project import NamedProject, Resolution
from vscclient.model.visibility import Visibility
from vscclient.policy.example import Example, case, project
from vscclient.policy.rule import FORBIDDEN, IGNORED, Flaw, Rule, by_visibility

_SHARED = {"visibility": Visibility.SHARED}


class MembersAreProjects(Rule):
    """Each project to share with is one of the user's own, one that can be looked up, or an ID; and not the owner.

    Why: the cloud takes a name for an ID, checks nothing, and nobody gets the image. The owner has it anyway.
    Fix: ask a member for the project's ID: ``openstack token issue -c project_id -f value``.
    """

    code = "V106"
    # an image that is shared with the user's own projects only, as with its owner, is judged as a private one
    severity = by_visibility(private=FORBIDDEN, shared=FORBIDDEN, community=IGNORED, public=IGNORED)

    @staticmethod
    def good() -> Example:
        return case(image=_SHARED, plan={"members": (project(),)})

    @staticmethod
    def bad() -> Example:
        return case(
            image=_SHARED, plan={"members": (project(None, label="VSC_00009", resolution=Resolution.UNRESOLVED),)}
        )

    def check(self, plan: Plan, facts: Facts) -> Iterator[Flaw]:
        old = {member.key for member in plan.members_before}  # whoever stored a name there: it was not this plan
        for member in plan.members:
            if member.key not in old:
                yield from _flaws(member, plan, facts)


def _flaws(member: NamedProject, plan: Plan, facts: Facts) -> Iterator[Flaw]:
    if member.resolution is Resolution.UNRESOLVED:
        yield Flaw(
            message=f"'{member.label}' is not one of your projects, and no project ID (32 hexadecimal digits)",
            fix="a member of the project finds its ID with: openstack token issue -c project_id -f value",
        )
    elif member.resolution is Resolution.ABSENT:
        yield Flaw(message=f"no project has the ID {member.label}", fix="openstack project list")
    elif member.project_id == (plan.image.owner or facts.project_id().value):
        yield Flaw(
            message=f"{member.label} is the project that owns the image, and has it already",
            fix=f"leave {member.label} out",
        )
