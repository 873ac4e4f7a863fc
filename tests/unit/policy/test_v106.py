from __future__ import annotations

from tests import base
from tests.unit.policy.checking import findings
from vscclient.model.fix import Advice, Fix, Reference
from vscclient.model.project import Resolution
from vscclient.model.visibility import Visibility
from vscclient.policy.example import MINE, project

SHARED = {"visibility": Visibility.SHARED}
NAME = project(None, label="VSC_00009", resolution=Resolution.UNRESOLVED)


class TestV106(base.BaseTestCase):
    def test_an_unresolved_name_is_refused(self) -> None:
        (found,) = findings("V106", image=SHARED, plan={"members": (NAME,)})

        self.assertTrue(found.stops)
        self.assertIn("'VSC_00009' is not one of your projects", found.message)
        self.assertEqual(Fix.by(Advice("ask a user of the project for its ID", Reference.PROJECT_ID)), found.fix)

    def test_an_id_that_no_project_has_is_refused(self) -> None:
        absent = project(None, label="f" * 32, resolution=Resolution.ABSENT)

        (found,) = findings("V106", image=SHARED, plan={"members": (absent,)})

        self.assertTrue(found.stops)
        self.assertIn("no project has the ID", found.message)

    def test_each_unresolved_name_is_reported(self) -> None:
        other = project(None, label="VSC_00010", resolution=Resolution.UNRESOLVED)

        self.assertEqual(2, len(findings("V106", image=SHARED, plan={"members": (NAME, project(), other)})))

    def test_a_name_that_was_stored_earlier_is_not_reported(self) -> None:
        plan = {"members": (NAME, project()), "members_before": (NAME,)}

        self.assertEqual([], findings("V106", image=SHARED, before={}, plan=plan))

    def test_a_project_found_by_its_id_is_the_same_as_by_its_name(self) -> None:
        by_name = project(MINE, label="VSC_00001", resolution=Resolution.OWN)
        plan = {"members": (project(MINE),), "members_before": (by_name,)}

        self.assertEqual([], findings("V106", image=SHARED, before={}, plan=plan))

    def test_the_owner_of_an_image_has_access_already(self) -> None:
        owner = project(MINE, label="VSC_00001", resolution=Resolution.OWN)

        (found,) = findings("V106", image=SHARED, plan={"members": (owner,)})

        self.assertEqual("project VSC_00001 owns the image, and has access already", found.message)
        self.assertTrue(found.stops)

    def test_the_owner_of_a_new_image_has_access_already(self) -> None:
        owner = project(MINE, resolution=Resolution.OWN)

        self.assertEqual(1, len(findings("V106", image=SHARED | {"owner": None}, plan={"members": (owner,)})))

    def test_an_own_project_is_fine(self) -> None:
        mine = project(resolution=Resolution.OWN)

        self.assertEqual([], findings("V106", image=SHARED, plan={"members": (mine,)}))

    def test_no_waiver_stores_a_name(self) -> None:
        (found,) = findings("V106", image=SHARED, plan={"members": (NAME,), "waived": frozenset({"V106"})})

        self.assertTrue(found.stops)
