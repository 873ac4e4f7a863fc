from __future__ import annotations

from tests import base
from tests.unit.policy.checking import findings
from vscclient.model.finding import Severity
from vscclient.model.fix import Fix, SetField
from vscclient.model.visibility import Visibility


class TestV104(base.BaseTestCase):
    def test_a_community_image_must_have_a_description(self) -> None:
        (found,) = findings("V104", image={"visibility": Visibility.COMMUNITY, "properties": {}})

        self.assertTrue(found.stops)
        self.assertEqual(Fix.by(SetField("description")), found.fix)

    def test_spaces_are_not_a_description(self) -> None:
        blank = {"visibility": Visibility.PUBLIC, "properties": {"description": "  \n"}}

        (found,) = findings("V104", image=blank)

        self.assertEqual(Severity.WARNING, found.severity)

    def test_a_private_image_needs_no_description(self) -> None:
        self.assertEqual([], findings("V104", image={"properties": {}}))
