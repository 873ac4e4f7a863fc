"""The audience of a plan, and how the plan changes it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests import base
from vscclient.model.image import Image
from vscclient.model.plan import Plan
from vscclient.model.project import NamedProject, ProjectId, Resolution
from vscclient.model.visibility import Visibility

PRIVATE, SHARED, COMMUNITY, PUBLIC = Visibility
FRIEND = NamedProject(label="f", project_id=ProjectId("f"), resolution=Resolution.UNVERIFIED)
MINE = NamedProject(label="m", project_id=ProjectId("m"), resolution=Resolution.OWN)
OWN = frozenset({"m"})


def _plan(before: Visibility, after: Visibility, *, fields: dict[str, Any] | None = None, **plan: Any) -> Plan:
    image = Image(name="rna", visibility=before)
    planned = replace(image, visibility=after, **(fields or {}))
    return Plan(image=planned, before=image, **{"own_projects": OWN} | plan)


class TestKeepsImage(base.BaseTestCase):
    def test_making_an_image_private_keeps_it_and_so_does_no_change(self) -> None:
        self.assertTrue(_plan(COMMUNITY, PRIVATE).keeps_image)
        self.assertTrue(_plan(SHARED, SHARED, members_before=(FRIEND,)).keeps_image)
        self.assertTrue(_plan(PRIVATE, PRIVATE).keeps_image)
        self.assertTrue(_plan(PRIVATE, SHARED).keeps_image)

    def test_another_change_does_not_keep_the_image(self) -> None:
        self.assertFalse(_plan(COMMUNITY, PRIVATE, fields={"min_disk_gib": 1}).keeps_image)

    def test_admitting_others_or_a_new_image_does_not_count(self) -> None:
        self.assertFalse(_plan(PRIVATE, COMMUNITY).keeps_image)
        self.assertFalse(_plan(SHARED, SHARED, members=(FRIEND,)).keeps_image)
        self.assertFalse(Plan(image=Image(name="rna")).keeps_image)


class TestOnlyNarrows(base.BaseTestCase):
    def test_a_plan_that_takes_access_only_narrows_and_so_does_one_that_changes_nothing(self) -> None:
        self.assertTrue(_plan(COMMUNITY, PRIVATE).only_narrows)
        self.assertTrue(_plan(PUBLIC, SHARED, members=(FRIEND,)).only_narrows)
        self.assertTrue(_plan(SHARED, SHARED, members_before=(FRIEND,)).only_narrows)
        self.assertTrue(_plan(PRIVATE, PRIVATE).only_narrows)

    def test_a_plan_that_admits_an_own_project_does_not_only_narrow(self) -> None:
        self.assertTrue(_plan(PRIVATE, SHARED, members=(MINE,)).keeps_image)
        self.assertFalse(_plan(PRIVATE, SHARED, members=(MINE,)).only_narrows)

    def test_a_plan_that_may_bring_members_back_does_not_only_narrow(self) -> None:
        self.assertTrue(_plan(PRIVATE, SHARED).keeps_image)
        self.assertFalse(_plan(PRIVATE, SHARED).only_narrows)

    def test_a_plan_that_changes_the_image_does_not_only_narrow(self) -> None:
        self.assertFalse(_plan(COMMUNITY, PRIVATE, fields={"min_disk_gib": 1}).only_narrows)


class TestWidens(base.BaseTestCase):
    def test_a_new_image_that_others_see_widens(self) -> None:
        self.assertTrue(Plan(image=Image(name="rna", visibility=COMMUNITY)).widens)
        self.assertTrue(Plan(image=Image(name="rna", visibility=SHARED), members=(FRIEND,)).widens)
        self.assertFalse(Plan(image=Image(name="rna")).widens)

    def test_members_of_a_community_image_do_not_widen(self) -> None:
        self.assertFalse(_plan(COMMUNITY, COMMUNITY, members=(FRIEND,)).widens)

    def test_an_own_project_does_not_widen(self) -> None:
        self.assertFalse(_plan(PRIVATE, SHARED, members=(MINE,)).widens)

    def test_activating_an_image_that_others_see_widens_but_admits_nobody(self) -> None:
        for visibility, members, widens in ((COMMUNITY, (), True), (SHARED, (FRIEND,), True), (SHARED, (MINE,), False)):
            with self.subTest(visibility=visibility, members=members):
                plan = _plan(visibility, visibility, fields={"status": "active"}, members=members)
                before = replace(plan.image, status="deactivated")
                plan = replace(plan, before=before, members_before=members)

                self.assertEqual(widens, plan.widens)
                self.assertFalse(plan.widens_audience)

    def test_activating_a_private_image_does_not_widen(self) -> None:
        plan = _plan(PRIVATE, PRIVATE, fields={"status": "active"})

        self.assertFalse(replace(plan, before=replace(plan.image, status="deactivated")).widens)


class TestOwnProjects(base.BaseTestCase):
    def test_members_that_are_own_projects_do_not_count(self) -> None:
        self.assertEqual(PRIVATE, _plan(PRIVATE, SHARED, members=(MINE,)).audience)
        self.assertEqual(SHARED, _plan(PRIVATE, SHARED, members=(MINE, FRIEND)).audience)

    def test_every_member_counts_where_the_own_projects_are_not_known(self) -> None:
        plan = _plan(PRIVATE, SHARED, members=(MINE,), own_projects=None)

        self.assertEqual(SHARED, plan.audience)
        self.assertTrue(plan.widens)

    def test_a_plan_relies_on_them_if_it_would_be_checked_more_strictly(self) -> None:
        self.assertTrue(_plan(PRIVATE, SHARED, members=(MINE,)).relies_on_own_projects)
        adding = _plan(SHARED, SHARED, members=(FRIEND, MINE), members_before=(FRIEND,))
        self.assertTrue(adding.relies_on_own_projects)

        self.assertFalse(_plan(PRIVATE, SHARED, members=(FRIEND,)).relies_on_own_projects)
        self.assertFalse(_plan(PRIVATE, COMMUNITY, members=(MINE,)).relies_on_own_projects)
        self.assertFalse(replace(adding, own_projects=None).relies_on_own_projects)


class TestChangesAccess(base.BaseTestCase):
    def test_visibility_members_and_owner_change_access(self) -> None:
        self.assertTrue(_plan(PRIVATE, SHARED).changes_access)
        self.assertTrue(_plan(SHARED, SHARED, members=(MINE,)).changes_access)
        self.assertTrue(_plan(PRIVATE, PRIVATE, fields={"owner": ProjectId("x")}).changes_access)

    def test_other_fields_do_not_change_access(self) -> None:
        self.assertFalse(_plan(PRIVATE, PRIVATE, fields={"tags": ("x",)}).changes_access)
        self.assertFalse(Plan(image=Image(name="rna")).changes_access)
