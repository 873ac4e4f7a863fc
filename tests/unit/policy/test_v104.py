from __future__ import annotations

from tests import base
from tests.unit.policy.checking import findings
from vscclient.model.finding import Severity
from vscclient.model.fix import Fix, SetField
from vscclient.model.visibility import Visibility


class TestV104(base.BaseTestCase):
    def test_a_community_image_has_to_say_what_it_is(self) -> None:
        (found,) = findings("V104", image={"visibility": Visibility.COMMUNITY, "properties": {}})

        self.assertTrue(found.stops)
        self.assertEqual(Fix.by(SetField("description")), found.fix)

    def test_spaces_say_nothing(self) -> None:
        blank = {"visibility": Visibility.PUBLIC, "properties": {"description": "  \n"}}

        (found,) = findings("V104", image=blank)

        self.assertEqual(Severity.WARNING, found.severity)

    def test_one_for_oneself_needs_none(self) -> None:
        self.assertEqual([], findings("V104", image={"properties": {}}))
