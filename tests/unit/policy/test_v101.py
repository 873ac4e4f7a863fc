from __future__ import annotations

from tests import base
from tests.unit.policy.checking import findings
from vscclient.model.finding import Severity
from vscclient.model.fix import Fix, SetField
from vscclient.model.visibility import Visibility


class TestV101(base.BaseTestCase):
    def test_an_ordinary_user_cannot_publish(self) -> None:
        (found,) = findings("V101", image={"visibility": Visibility.PUBLIC})

        self.assertEqual(Severity.FORBIDDEN, found.severity)
        self.assertEqual(Fix.by(SetField("visibility", "community")), found.fix)

    def test_the_owner_of_a_community_image_asks_staff(self) -> None:
        (found,) = findings(
            "V101", image={"visibility": Visibility.PUBLIC}, before={"visibility": Visibility.COMMUNITY}
        )

        self.assertIn("send the ID of the image to the VSC's staff", str(found.fix))

    def test_staff_can_publish(self) -> None:
        self.assertEqual([], findings("V101", image={"visibility": Visibility.PUBLIC}, is_staff=True))

    def test_the_owner_can_change_an_image_that_staff_made_public(self) -> None:
        public = {"visibility": Visibility.PUBLIC}

        self.assertEqual([], findings("V101", image=public, before={"name": "old name"}))
        self.assertEqual(1, len(findings("V101", image=public, before={"visibility": Visibility.COMMUNITY})))

    def test_no_waiver_makes_an_image_public(self) -> None:
        (found,) = findings("V101", image={"visibility": Visibility.PUBLIC}, plan={"waived": frozenset({"V101"})})

        self.assertTrue(found.stops)
