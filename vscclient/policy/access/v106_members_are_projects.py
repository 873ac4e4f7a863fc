"""V106."""

from __future__ import annotations

from collections.abc import Iterator

from vscclient.model.facts import Facts
from vscclient.model.fix import Advice, Fix, Reference
from vscclient.model.plan import Plan
from vscclient.model.project import Resolution
from vscclient.model.visibility import Visibility
from vscclient.policy.example import Example, case, project
from vscclient.policy.rule import FORBIDDEN, IGNORED, Flaw, Rule, by_visibility

_SHARED = {"visibility": Visibility.SHARED}


class MembersAreProjects(Rule):
    """Each member is one of your projects, a project that Keystone finds, or a project ID. The owner is not a member.

    Why: Glance stores any text as a member and checks nothing: with a name, nobody gets the image. The owner has
    access anyway.
    Fix: ask a user of the project for its ID.
    """

    code = "V106"
    # An image that is shared with own projects only, such as its owner, is checked as a private one.
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
        old = {member.key for member in plan.members_before}  # a name among them was stored before this plan
        for member in plan.members:
            if member.key in old:
                continue
            if member.resolution is Resolution.UNRESOLVED:
                yield Flaw(
                    message=f"'{member.label}' is not one of your projects, "
                    "and not a project ID (32 hexadecimal digits)",
                    fix=Fix.by(Advice("ask a user of the project for its ID", Reference.PROJECT_ID)),
                )
            elif member.resolution is Resolution.ABSENT:
                yield Flaw(
                    message=f"no project has the ID {member.label}",
                    fix=Fix.by(Advice("check the ID in the list of projects", Reference.PROJECTS)),
                )
            elif member.project_id == (plan.image.owner or facts.project_id().value):
                yield Flaw(
                    message=f"project {member.label} owns the image, and has access already",
                    fix=Fix.by(Advice(f"omit project {member.label}")),
                )
