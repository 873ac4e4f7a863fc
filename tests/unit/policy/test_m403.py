from __future__ import annotations

from typing import Any

from guestinspect.model.fact import Unknown
from tests import base
from tests.unit.policy.checking import findings
from vscclient.model.finding import Finding
from vscclient.model.fix import Fix, SetField
from vscclient.model.settings import Settings
from vscclient.model.visibility import Visibility
from vscclient.policy.engine import check_plan
from vscclient.policy.example import case, project


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


class TestWaivers(base.BaseTestCase):
    """A community image whose minimum disk is too small, which was waived."""

    PROPERTIES: dict[str, str] = dict(case().plan.image.properties) | {"vsc_multi_nic": "true"}

    def findings(self, waived: str | None, *, before: str = "D305", **about: Any) -> list[Finding]:
        """Return the findings of M403 about a plan that leaves these waivers; None: it removes the property."""
        image = {"visibility": Visibility.COMMUNITY, "min_disk_gib": 1, **about.pop("image", {})}
        now = {"properties": self.PROPERTIES | {"vsc_waived": before}, **about.pop("now", {})}
        after = self.PROPERTIES | ({} if waived is None else {"vsc_waived": waived})
        plan = {"waived": about.pop("waive", frozenset()), **about.pop("plan", {})}
        example = case(image=image | {"properties": after}, before=now, plan=plan, **about)
        report = check_plan(example.plan, example.facts, Settings())
        return [finding for finding in report.findings if finding.code == "M403"]

    def test_a_waiver_of_a_broken_rule_cannot_be_removed(self) -> None:
        (found,) = self.findings(None)

        self.assertTrue(found.stops)
        self.assertEqual(
            "vsc_waived cannot lose D305 while others see the image: the image still breaks D305", found.message
        )

    def test_a_waiver_of_a_broken_rule_cannot_be_overwritten(self) -> None:
        for waived in ("", "N201", "D306,x", "d3050"):
            with self.subTest(waived=waived):
                self.assertEqual(1, len(self.findings(waived)))

    def test_a_waiver_can_be_written_in_another_way(self) -> None:
        self.assertEqual([], self.findings(" n201 , d305"))

    def test_a_waiver_of_a_rule_that_cannot_be_checked_cannot_be_removed(self) -> None:
        (found,) = self.findings(
            None, disk={"virtual_size_bytes": Unknown("this cloud does not support range requests")}
        )

        self.assertTrue(found.stops)
        self.assertIn("D305 could not be checked", found.message)

    def test_no_waiver_lifts_it(self) -> None:
        self.assertEqual([True], [found.stops for found in self.findings(None, waive=frozenset({"M403"}))])

    def test_a_waiver_that_is_given_anew_stays(self) -> None:
        self.assertEqual([], self.findings(None, waive=frozenset({"D305"})))

    def test_a_waiver_of_a_fixed_rule_can_be_removed(self) -> None:
        self.assertEqual([], self.findings(None, image={"min_disk_gib": 10}))

    def test_a_code_without_a_rule_can_be_removed(self) -> None:
        self.assertEqual([], self.findings("D305", before="D305,D999,M403,x"))

    def test_a_waiver_of_an_image_that_becomes_private_can_be_removed(self) -> None:
        public = {"visibility": Visibility.COMMUNITY}

        self.assertEqual([], self.findings(None, image={"visibility": Visibility.PRIVATE}, now=public))

    def test_a_waiver_of_a_shared_image_cannot_be_removed_while_others_see_it(self) -> None:
        shared = {"visibility": Visibility.SHARED}
        members = {"members": (project(),), "members_before": (project(),)}

        self.assertEqual(1, len(self.findings(None, plan=members, image=shared)))
        self.assertEqual([], self.findings(None, image=shared))

    def test_a_waiver_cannot_be_removed_while_earlier_members_regain_access(self) -> None:
        shared, community = {"visibility": Visibility.SHARED}, {"visibility": Visibility.COMMUNITY}

        self.assertEqual(1, len(self.findings(None, image=shared, now=community)))

    def test_a_tag_keeps_the_waivers(self) -> None:
        self.assertEqual([], self.findings("D305", image={"tags": ("x",)}))
