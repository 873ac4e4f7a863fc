from __future__ import annotations

from dataclasses import replace

from guestinspect.model.fact import unknown_fact
from tests import base
from tests.unit.policy.checking import findings
from vscclient.model.finding import Outcome, Severity
from vscclient.model.fix import Recreate
from vscclient.model.settings import Settings
from vscclient.model.visibility import Visibility
from vscclient.policy.engine import check_plan
from vscclient.policy.example import MINE, THEIRS, case, project

PRIVATE, COMMUNITY = {"visibility": Visibility.PRIVATE}, {"visibility": Visibility.COMMUNITY}
SHARED = {"visibility": Visibility.SHARED}


class TestV102(base.BaseTestCase):
    def test_another_projects_image_cannot_be_published(self) -> None:
        (found,) = findings("V102", image=COMMUNITY | {"owner": THEIRS}, before=PRIVATE)

        self.assertTrue(found.stops)
        self.assertIn(THEIRS, found.message)
        self.assertIn((Recreate(),), found.fix.alternatives)

    def test_another_projects_image_cannot_become_private(self) -> None:
        self.assertEqual(1, len(findings("V102", image=PRIVATE | {"owner": THEIRS}, before=COMMUNITY)))

    def test_another_projects_image_cannot_be_shared(self) -> None:
        shared = SHARED | {"owner": THEIRS}

        self.assertEqual(1, len(findings("V102", image=shared, before={}, plan={"members": (project("e" * 32),)})))

    def test_another_projects_image_cannot_change_its_owner(self) -> None:
        self.assertEqual(1, len(findings("V102", image={"owner": MINE}, before={"owner": THEIRS})))

    def test_staff_can_make_another_projects_image_private(self) -> None:
        image = PRIVATE | {"owner": THEIRS}

        self.assertEqual([], findings("V102", image=image, before=COMMUNITY, is_staff=True))

    def test_a_change_without_effect_on_access_is_fine(self) -> None:
        self.assertEqual([], findings("V102", image=COMMUNITY | {"owner": THEIRS}, before={"name": "old"}))

    def test_a_new_image_for_another_project_is_fine(self) -> None:
        self.assertEqual([], findings("V102", image=COMMUNITY | {"owner": THEIRS}))

    def test_an_unknown_project_of_the_user_is_a_warning(self) -> None:
        example = case(image=PRIVATE, before=COMMUNITY)
        facts = replace(example.facts, project_id=unknown_fact("the token does not tell"))

        (found,) = [one for one in check_plan(example.plan, facts, Settings()).findings if one.code == "V102"]

        self.assertEqual((Outcome.UNKNOWN, Severity.WARNING), (found.outcome, found.severity))
