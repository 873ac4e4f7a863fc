from __future__ import annotations

from tests import base
from tests.unit.policy.checking import findings
from vscclient.model.fix import Fix, SetField


class TestM403(base.BaseTestCase):
    def test_spaces_around_a_name_make_no_difference(self) -> None:
        (found,) = findings("M403", plan={"properties": {" visibility\x1f": "community"}})

        self.assertTrue(found.stops)

    def test_a_field_of_the_image_is_set_by_its_own_name(self) -> None:
        (found,) = findings("M403", plan={"properties": {"visibility": "community"}})

        self.assertEqual(Fix.by(SetField("visibility", "community")), found.fix)
        self.assertEqual("property visibility", found.location)

    def test_a_flag_is_a_boolean(self) -> None:
        (found,) = findings("M403", plan={"properties": {"os_hidden": "true"}})

        self.assertEqual(Fix.by(SetField("os_hidden", value=True)), found.fix)

    def test_each_reserved_property_is_reported(self) -> None:
        found = findings("M403", plan={"properties": {"owner": "x", "name": "y", "os_distro": "debian"}})

        self.assertEqual({"property owner", "property name"}, {one.location for one in found})

    def test_a_name_that_glance_reserves_is_refused(self) -> None:
        found = findings("M403", plan={"properties": {"os_glance_failed_import": "", "os_hash_value": "0"}})

        self.assertEqual(2, len(found))

    def test_a_property_with_a_similar_name_is_fine(self) -> None:
        self.assertEqual([], findings("M403", plan={"properties": {"os_hidden_reason": "old", "names": "x"}}))
