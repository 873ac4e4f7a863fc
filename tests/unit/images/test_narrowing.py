"""Who loses access."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests import base
from vscclient import errors
from vscclient.images.options.groups import Consent
from vscclient.images.policy_check.approval import confirm_loss, describe_hiding, describe_loss, name_projects
from vscclient.model.image import Image
from vscclient.model.plan import Plan
from vscclient.model.project import NamedProject, Resolution
from vscclient.model.terminal import SilentTerminal
from vscclient.model.visibility import Visibility

A, B = (NamedProject(label=name, project_id=None, resolution=Resolution.UNVERIFIED) for name in ("A", "B"))
PRIVATE, SHARED, COMMUNITY, PUBLIC = Visibility


def _plan(before: Visibility, after: Visibility, **members: Any) -> Plan:
    image = Image(name="rna", id="1", visibility=before)
    return Plan(image=replace(image, visibility=after), before=image, **members)


class TestWhoLoses(base.BaseTestCase):
    def test_nobody_where_more_are_let_in_or_the_same(self) -> None:
        wider = [(PRIVATE, SHARED), (PRIVATE, COMMUNITY), (SHARED, PUBLIC), (COMMUNITY, PUBLIC)]
        for before, after in [*wider, *((same, same) for same in Visibility)]:
            with self.subTest(before=before, after=after):
                plan = _plan(before, after, members=(A,), members_before=(A,))
                self.assertEqual("", describe_loss(plan), f"{before} to {after}")

    def test_nobody_has_lost_a_new_image_or_one_shared_with_nobody(self) -> None:
        self.assertEqual("", describe_loss(Plan(image=Image(name="rna"))))
        self.assertEqual("", describe_loss(_plan(SHARED, PRIVATE)))

    def test_everybody_else(self) -> None:
        for before in (COMMUNITY, PUBLIC):
            with self.subTest(before=before):
                self.assertEqual("Everybody else loses access to rna (1)", describe_loss(_plan(before, PRIVATE)))
                self.assertEqual(
                    "Everybody except the projects that it is shared with loses access to rna (1)",
                    describe_loss(_plan(before, SHARED)),
                )

    def test_a_public_image_leaves_the_lists(self) -> None:
        self.assertIn("disappears from everybody's default list", describe_loss(_plan(PUBLIC, COMMUNITY)))

    def test_the_members_of_what_is_not_shared_any_more(self) -> None:
        self.assertEqual(
            "Projects A, B lose access to rna (1)", describe_loss(_plan(SHARED, PRIVATE, members_before=(A, B)))
        )

    def test_those_who_use_an_image_that_is_deactivated(self) -> None:
        for visibility, members, who in (
            (COMMUNITY, (), "Everybody loses"),
            (PUBLIC, (), "Everybody loses"),
            (SHARED, (A,), "Project A loses"),
            (SHARED, (A, B), "Projects A, B lose"),
        ):
            with self.subTest(visibility=visibility, members=len(members)):
                plan = _plan(visibility, visibility, members=members, members_before=members)
                self.assertEqual(
                    f"{who} access to the data of rna (1) until it is reactivated",
                    describe_loss(replace(plan, image=replace(plan.image, status="deactivated"))),
                )

    def test_members_that_are_removed_from_a_deactivated_image_lose_it_once(self) -> None:
        plan = _plan(SHARED, PRIVATE, members_before=(A,))

        self.assertEqual(
            "Project A loses access to rna (1)",
            describe_loss(replace(plan, image=replace(plan.image, status="deactivated"))),
        )

    def test_nobody_loses_an_image_that_is_hidden_or_deactivated_already(self) -> None:
        plan = _plan(COMMUNITY, COMMUNITY)
        hidden = replace(plan, image=replace(plan.image, hidden=True))
        old = replace(plan.image, status="deactivated")

        self.assertEqual("", describe_loss(hidden))
        self.assertEqual("", describe_loss(replace(plan, before=old, image=replace(old, tags=("a",)))))
        self.assertIn("in any list", describe_hiding(hidden))
        self.assertEqual("", describe_hiding(plan))

    def test_a_member_that_is_removed(self) -> None:
        said = describe_loss(_plan(SHARED, SHARED, members=(B,), members_before=(A, B)))

        self.assertEqual("Project A loses access to rna (1)", said)

    def test_as_many_as_are_named_are_not_counted(self) -> None:
        self.assertNotIn("more", name_projects([replace(A, label=str(number)) for number in range(10)]))

    def test_many_are_counted(self) -> None:
        many = [replace(A, label=str(number)) for number in range(12)]

        self.assertEqual("Projects 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 2 more", name_projects(many))


class TestAgree(base.BaseTestCase):
    narrowing = _plan(COMMUNITY, PRIVATE)

    def test_a_user_without_a_terminal_must_use_yes(self) -> None:
        self.assertRaises(errors.NotConfirmed, confirm_loss, self.narrowing, Consent(), SilentTerminal())

        self.assertIn("Everybody", confirm_loss(self.narrowing, Consent(yes=True), SilentTerminal()))

    def test_a_dry_run_asks_nothing(self) -> None:
        self.assertIn("Everybody", confirm_loss(self.narrowing, Consent(dry_run=True), SilentTerminal()))

    def test_who_is_asked_decides(self) -> None:
        asked: list[str] = []

        class Asked(SilentTerminal):
            def __init__(self, answer: bool) -> None:
                self.answer = answer

            def confirm(self, question: str) -> bool:
                asked.append(question)
                return self.answer

        self.assertIn("Everybody", confirm_loss(self.narrowing, Consent(), Asked(True)))
        self.assertRaises(errors.NotConfirmed, confirm_loss, self.narrowing, Consent(), Asked(False))
        self.assertEqual(["Everybody else loses access to rna (1). Go on?"] * 2, asked)

    def test_nothing_is_asked_where_nobody_loses(self) -> None:
        self.assertEqual("", confirm_loss(_plan(PRIVATE, COMMUNITY), Consent(), SilentTerminal()))
