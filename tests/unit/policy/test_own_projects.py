"""The same plan on both sides: a client knows the user's own projects, a server does not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from tests import base
from vscclient.model.finding import Finding, Severity
from vscclient.model.plan import Plan
from vscclient.model.project import NamedProject, Resolution
from vscclient.model.settings import Settings
from vscclient.model.visibility import Visibility
from vscclient.policy.engine import check_image, check_plan, rules
from vscclient.policy.example import Example, case, project

MY_OTHER = project("a" * 32, resolution=Resolution.OWN)
FRIEND = project("f" * 32)
MEMBERS: dict[str, tuple[NamedProject, ...]] = {
    "nobody": (),
    "an own project": (MY_OTHER,),
    "others": (FRIEND,),
    "both": (MY_OTHER, FRIEND),
}
SHARED = Visibility.SHARED
BROKEN = ("D305", "H506", "M406", "V105")
"""Rules that are broken in the table: of a field, the guest, another image, and the status."""


def plans() -> Iterator[tuple[str, Example]]:
    """Every change of who can see an image, of a sound image and of some that break a rule, by its name."""
    bad = [(rule.code, rule.bad()) for rule in rules() if rule.code in BROKEN]
    for code, example in (("sound", case()), *bad):
        for before in (None, *Visibility):
            for after in Visibility:
                for old in MEMBERS if before is SHARED else ("nobody",):
                    for new in MEMBERS if after is SHARED else ("nobody",):
                        plan = _plan(example.plan, before, after, members_before=MEMBERS[old], members=MEMBERS[new])
                        name = f"{code}: {before or 'new'} with {old}, {after} with {new}"
                        yield name, replace(example, plan=plan)


def _plan(plan: Plan, before: Visibility | None, after: Visibility, **members: Any) -> Plan:
    image = replace(plan.image, visibility=after)
    return replace(plan, image=image, before=None if before is None else replace(image, visibility=before), **members)


def _as_on_a_server(plan: Plan) -> Plan:
    """The plan with members of which nobody knows more than their IDs."""

    def unverified(members: tuple[NamedProject, ...]) -> tuple[NamedProject, ...]:
        return tuple(replace(member, label=member.key, resolution=Resolution.UNVERIFIED) for member in members)

    return replace(plan, members=unverified(plan.members), members_before=unverified(plan.members_before))


class TestBothSides(base.BaseTestCase):
    def test_the_findings_are_the_same_where_the_own_projects_are_absent(self) -> None:
        different = [
            name
            for name, example in plans()
            for check in (check_plan, check_image)
            if check(example.plan, example.facts, Settings())
            != check(_as_on_a_server(example.plan), example.facts, Settings())
        ]

        self.assertEqual([], different)

    def test_the_client_says_so_wherever_it_is_more_lenient_than_the_server(self) -> None:
        lenient: list[str] = []
        silent: list[str] = []
        stricter: list[str] = []
        for name, example in plans():
            known = replace(example.plan, own_projects=frozenset({MY_OTHER.key}))
            client, server = (check_plan(plan, example.facts, Settings()) for plan in (known, example.plan))
            if client != server:
                (lenient if known.relies_on_own_projects else silent).append(name)
            if _heaviest(client.findings) > _heaviest(server.findings):
                stricter.append(name)

        self.assertEqual([], silent)
        self.assertEqual([], stricter)
        self.assertIn("D305: private with nobody, shared with an own project", lenient)


def _heaviest(findings: tuple[Finding, ...]) -> int:
    return max((finding.severity.rank for finding in findings), default=Severity.IGNORED.rank)
