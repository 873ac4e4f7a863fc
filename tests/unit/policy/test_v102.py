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
    def test_an_image_of_another_project_is_not_published(self) -> None:
        (found,) = findings("V102", image=COMMUNITY | {"owner": THEIRS}, before=PRIVATE)

        self.assertTrue(found.stops)
        self.assertIn(THEIRS, found.message)
        self.assertIn((Recreate(),), found.fix.alternatives)

    def test_nor_taken_back(self) -> None:
        self.assertEqual(1, len(findings("V102", image=PRIVATE | {"owner": THEIRS}, before=COMMUNITY)))

    def test_nor_shared_on(self) -> None:
        shared = SHARED | {"owner": THEIRS}

        self.assertEqual(1, len(findings("V102", image=shared, before={}, plan={"members": (project("e" * 32),)})))

    def test_nor_taken_over(self) -> None:
        self.assertEqual(1, len(findings("V102", image={"owner": MINE}, before={"owner": THEIRS})))

    def test_staff_take_back_somebody_elses_image(self) -> None:
        image = PRIVATE | {"owner": THEIRS}

        self.assertEqual([], findings("V102", image=image, before=COMMUNITY, is_staff=True))

    def test_what_changes_nobodys_access_is_not_its_business(self) -> None:
        self.assertEqual([], findings("V102", image=COMMUNITY | {"owner": THEIRS}, before={"name": "old"}))

    def test_a_new_image_for_another_project_is_not_its_business(self) -> None:
        self.assertEqual([], findings("V102", image=COMMUNITY | {"owner": THEIRS}))

    def test_a_project_that_the_token_does_not_tell_is_a_warning(self) -> None:
        example = case(image=PRIVATE, before=COMMUNITY)
        facts = replace(example.facts, project_id=unknown_fact("the token does not tell"))

        (found,) = [one for one in check_plan(example.plan, facts, Settings()).findings if one.code == "V102"]

        self.assertEqual((Outcome.UNKNOWN, Severity.WARNING), (found.outcome, found.severity))
