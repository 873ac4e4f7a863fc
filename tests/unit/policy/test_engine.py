"""The findings that stop a plan."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest import mock

import fixtures

from guestinspect.model.disk import Disk
from guestinspect.model.fact import AlreadyReported, Declined, Fact, NotYet, unknown_fact
from tests import base, sites
from vscclient.model.facts import Facts
from vscclient.model.finding import Outcome, Report, Severity
from vscclient.model.image import CLAIMS_ABOUT_DATA, Image
from vscclient.model.plan import Plan
from vscclient.model.project import NamedProject, ProjectId, Resolution
from vscclient.model.settings import Settings
from vscclient.model.visibility import Visibility
from vscclient.policy.engine import _with_code, check_image, check_plan, rules
from vscclient.policy.example import Example, case
from vscclient.policy.rule import Flaw, Rule

FRIEND = NamedProject(label="f" * 32, project_id=ProjectId("f" * 32), resolution=Resolution.UNVERIFIED)
MY_OTHER = NamedProject(label="VSC_00002", project_id=ProjectId("0" * 32), resolution=Resolution.OWN)

COMMUNITY = {"visibility": Visibility.COMMUNITY}

OLD_FLAW = {"min_disk_gib": 0}
"""As the standard client leaves an image."""


def _change(before: dict[str, Any], after: dict[str, Any], settings: Settings | None = None, **plan: Any) -> Report:
    """Checks the change of one image into another; the disk is the sound one of ``case``."""
    now, example = case(image=before), case(image=after)
    own = frozenset({MY_OTHER.key})
    changing: Plan = replace(example.plan, before=now.plan.image, own_projects=own, **plan)
    return check_plan(changing, example.facts, settings or Settings())


def _recorder(codes: set[str]) -> Any:
    """A method ``check`` that finds nothing, and notes the code of its rule."""

    def check(rule: Rule, _plan: Plan, _facts: Facts) -> Iterator[Flaw]:
        codes.add(rule.code)
        return iter(())

    return check


def _weights(report: Report) -> dict[str, Severity]:
    return {found.code: found.severity for found in report.findings}


class TestOldFlaw(base.BaseTestCase):
    def test_an_old_flaw_is_a_warning_when_a_tag_is_added(self) -> None:
        report = _change(OLD_FLAW, OLD_FLAW | {"tags": ("x",)})

        self.assertFalse(report.stops)
        self.assertEqual(Severity.WARNING, _weights(report)["D305"])

    def test_an_old_flaw_stops_sharing(self) -> None:
        shared = {"visibility": Visibility.SHARED}

        self.assertTrue(_change(OLD_FLAW, OLD_FLAW | shared, members=(FRIEND,)).stops)

    def test_an_old_flaw_does_not_stop_sharing_with_nobody_or_an_own_project(self) -> None:
        shared = OLD_FLAW | {"visibility": Visibility.SHARED}

        self.assertFalse(_change(OLD_FLAW, shared).stops)
        self.assertFalse(_change(OLD_FLAW, shared, members=(MY_OTHER,)).stops)

    def test_an_old_flaw_stops_adding_a_member(self) -> None:
        shared = OLD_FLAW | {"visibility": Visibility.SHARED}

        self.assertFalse(_change(shared, shared, members=(FRIEND,), members_before=(FRIEND,)).stops)
        other = replace(FRIEND, project_id=ProjectId("e" * 32))
        self.assertTrue(_change(shared, shared, members=(FRIEND, other), members_before=(FRIEND,)).stops)

    def test_an_old_flaw_does_not_stop_narrowing(self) -> None:
        community = OLD_FLAW | {"visibility": Visibility.COMMUNITY}

        self.assertFalse(_change(community, OLD_FLAW).stops)

    def test_an_old_flaw_is_not_reported_when_the_image_becomes_private(self) -> None:
        community = OLD_FLAW | {"visibility": Visibility.COMMUNITY}
        shared = OLD_FLAW | {"visibility": Visibility.SHARED}

        self.assertEqual((), _change(community, OLD_FLAW).findings)
        self.assertEqual((), _change(shared, shared, members=(), members_before=(FRIEND,)).findings)
        self.assertIn("D305", _weights(_change(community, OLD_FLAW | {"tags": ("x",)})))

    def test_a_flaw_that_narrowing_causes_stops_it(self) -> None:
        report = _change({"visibility": Visibility.COMMUNITY}, {"min_disk_gib": 1})

        self.assertTrue(report.stops)

    def test_a_flaw_of_another_audience_is_old(self) -> None:
        now, after = (
            case(image={"visibility": visibility}) for visibility in (Visibility.PUBLIC, Visibility.COMMUNITY)
        )
        plan = replace(after.plan, before=now.plan.image)

        report = check_plan(
            plan,
            replace(after.facts, public_namesakes=lambda name: Fact((Image(name=name, id="1"),), "the list")),
            Settings(),
        )

        self.assertFalse(report.stops)

    def test_one_flaw_can_be_fixed_while_another_stays(self) -> None:
        two = {"min_disk_gib": 0, "visibility": Visibility.COMMUNITY}
        properties = dict(case().plan.image.properties) | {"vsc_multi_nic": "true"}

        report = _change(two, two | {"properties": properties})

        self.assertFalse(report.stops)
        self.assertNotIn("N201", _weights(report))


class TestAPlanThatOnlyNarrows(base.BaseTestCase):
    """It asks the rules about access and those of a site alone: the others would find what they found before."""

    def asked(self, before: dict[str, Any], after: dict[str, Any], **plan: Any) -> set[str]:
        """The codes of the rules that are asked of a plan."""
        codes: set[str] = set()
        for rule in rules():
            self.useFixture(fixtures.MockPatchObject(type(rule), "check", _recorder(codes)))
        _change(before, after, **plan)
        return codes

    def test_a_plan_that_only_narrows_asks_the_rules_about_access_alone(self) -> None:
        asked = self.asked(COMMUNITY, {})

        self.assertIn("V102", asked)
        self.assertEqual({"V"}, {code[0] for code in asked})

    def test_a_plan_that_only_narrows_asks_the_rules_of_a_site(self) -> None:
        folder = Path(self.useFixture(fixtures.TempDir()).path)
        self.useFixture(fixtures.MonkeyPatch("sys.path", [*sys.path, str(folder)]))
        self.addCleanup(sys.modules.pop, "example_image_rules", None)
        self.addCleanup(rules.cache_clear)
        sites.install_example(folder)
        rules.cache_clear()

        self.assertIn("X101", self.asked(COMMUNITY, {}))

    def test_a_plan_that_admits_an_own_project_is_checked_for_its_kernel(self) -> None:
        self.assertIn("M406", self.asked({}, {"visibility": Visibility.SHARED}, members=(MY_OTHER,)))

    def test_a_plan_that_only_narrows_has_the_findings_of_all_rules(self) -> None:
        for rule in rules():
            with self.subTest(rule=rule.code):
                bad = rule.bad()
                now = replace(bad.plan.image, visibility=Visibility.PUBLIC)
                for visibility in (Visibility.COMMUNITY, Visibility.SHARED, Visibility.PRIVATE):
                    plan = replace(
                        bad.plan, before=now, image=replace(now, visibility=visibility), members=(), properties={}
                    )
                    report = check_plan(plan, bad.facts, Settings())

                    with mock.patch("vscclient.policy.engine._depends_on_access", return_value=True):
                        self.assertEqual(check_plan(plan, bad.facts, Settings()), report)


class TestNewClaim(base.BaseTestCase):
    """A rule that could not be checked before, while the plan changes what it compares with the data."""

    def setUp(self) -> None:
        super().setUp()
        sound = case().plan.image
        properties = dict(sound.properties) | {"vsc_multi_nic": "false"}
        self.image = replace(sound, visibility=Visibility.COMMUNITY, properties=properties)

    def changed(self, settings: Settings | None = None, *, tags: tuple[str, ...] = (), **properties: str) -> Report:
        """Return the findings about a community image whose data nobody can read."""
        planned = replace(self.image, tags=tags, properties=dict(self.image.properties) | properties)
        return check_plan(Plan(image=planned, before=self.image), Facts(), settings or Settings())

    def test_a_new_value_that_could_not_be_checked_is_reported(self) -> None:
        (found,) = self.changed(os_version="13").findings

        self.assertEqual(("M405", Outcome.UNKNOWN, Severity.WARNING), (found.code, found.outcome, found.severity))

    def test_a_site_can_refuse_a_new_value_that_could_not_be_checked(self) -> None:
        strict = Settings(unknown_is_error=frozenset({"M404", "M405"}))

        self.assertTrue(self.changed(strict, os_version="13").stops)
        self.assertFalse(self.changed(strict, tags=("x",)).stops)

    def test_other_rules_that_could_not_be_checked_are_not_reported_again(self) -> None:
        self.assertEqual((), self.changed(tags=("x",), description="other").findings)

    def test_a_minimum_disk_that_becomes_less_is_a_new_value(self) -> None:
        for min_disk_gib, codes in ((0, ["D305"]), (9, ["D305"]), (11, [])):
            with self.subTest(min_disk_gib=min_disk_gib):
                plan = Plan(image=replace(self.image, min_disk_gib=min_disk_gib), before=self.image)
                report = check_plan(plan, Facts(), Settings())

                self.assertEqual(codes, [found.code for found in report.findings])

    def test_the_data_is_read_for_each_claim_that_a_rule_compares_with_it(self) -> None:
        claims = frozenset[str]().union(*(rule.claims for rule in rules() if rule.site_package is None))

        self.assertEqual(CLAIMS_ABOUT_DATA | {"name"}, claims)


class TestNewFlaw(base.BaseTestCase):
    def test_a_new_flaw_stops_the_plan(self) -> None:
        report = _change({}, {"min_disk_gib": 1})

        self.assertTrue(report.stops)

    def test_a_new_flaw_has_its_full_severity_beside_an_old_one(self) -> None:
        report = _change(OLD_FLAW, OLD_FLAW | {"tags": ("x",)}, properties={"visibility": "public"})

        self.assertEqual(Severity.FORBIDDEN, _weights(report)["M403"])
        self.assertEqual(Severity.WARNING, _weights(report)["D305"])

    def test_a_waived_flaw_stays_waived(self) -> None:
        report = _change(OLD_FLAW, OLD_FLAW | {"tags": ("x",)}, waived=frozenset({"D305"}))

        (found,) = (found for found in report.findings if found.code == "D305")
        self.assertTrue(found.waived)
        self.assertEqual(Severity.ERROR, found.severity)


class TestWidening(base.BaseTestCase):
    def test_sharing_a_community_image_with_a_few_projects_narrows(self) -> None:
        for wide in (Visibility.COMMUNITY, Visibility.PUBLIC):
            with self.subTest(wide=wide):
                report = _change(
                    OLD_FLAW | {"visibility": wide}, OLD_FLAW | {"visibility": Visibility.SHARED}, members=(FRIEND,)
                )

                self.assertFalse(report.stops)

    def test_the_same_project_by_another_name_is_not_a_new_member(self) -> None:
        shared = OLD_FLAW | {"visibility": Visibility.SHARED}
        by_id = replace(FRIEND, label="VSC_00009")

        self.assertFalse(_change(shared, shared, members=(by_id, MY_OTHER), members_before=(FRIEND,)).stops)

    def test_another_wrong_value_is_a_new_flaw(self) -> None:
        self.assertTrue(_change({"min_disk_gib": 9}, {"min_disk_gib": 0}).stops)


class TestRegistry(base.BaseTestCase):
    def test_rules_can_have_their_own_base_class(self) -> None:
        class Family(Rule):
            pass

        class Member(Family):
            code = "X100"

        self.addCleanup(gc.collect)

        self.assertEqual([Member], list(_with_code(Family)))
        del Member, Family


class TestUnknown(base.BaseTestCase):
    def test_a_fact_that_was_unknown_before_is_not_reported(self) -> None:
        blind = replace(case().facts, disk=Disk())
        tagged = replace(case(image={"tags": ("x",)}).plan, before=case().plan.image)
        published = replace(case(image={"visibility": Visibility.COMMUNITY}).plan, before=case().plan.image)

        self.assertEqual({}, _weights(check_plan(tagged, blind, Settings())))
        self.assertIn("D305", _weights(check_plan(published, blind, Settings())))

    def test_a_fact_that_the_change_makes_unknown_is_reported(self) -> None:
        kernel = {"properties": {"kernel_id": "k"}}
        plan = replace(case(image=kernel).plan, before=case().plan.image)

        self.assertIn("M406", _weights(check_plan(plan, replace(case().facts, reach_of=Facts().reach_of), Settings())))

    def test_an_unknown_fact_is_a_warning_at_most_with_its_reason(self) -> None:
        (found,) = [found for found in _with_unknown_damage().findings if found.code == "D303"]

        self.assertEqual((Outcome.UNKNOWN, Severity.WARNING), (found.outcome, found.severity))
        self.assertEqual("the disk is locked", found.message)

    def test_an_unknown_fact_stops_where_a_site_sets_that(self) -> None:
        self.assertTrue(_with_unknown_damage(Settings(unknown_is_error=frozenset({"D303"}))).stops)

    def test_a_fact_of_data_that_is_being_read_is_not_reported(self) -> None:
        def later() -> Any:
            raise NotYet("standard input")

        example = _with_damage(later)

        self.assertNotIn("D303", _weights(check_plan(example.plan, example.facts, Settings())))

    def test_an_unknown_fact_is_not_reported_if_another_rule_reports_the_cause(self) -> None:
        example = case(guest={"pins": AlreadyReported("it is compressed")})

        self.assertNotIn("N204", _weights(check_image(example.plan, example.facts, Settings())))

    def test_a_cause_that_a_site_makes_a_warning_hides_nothing(self) -> None:
        example = case(guest={"pins": AlreadyReported("it is compressed")}, image=COMMUNITY)
        lenient = Settings(
            severities={("D304", Visibility.COMMUNITY): Severity.WARNING}, unknown_is_error=frozenset({"N204"})
        )

        self.assertEqual(Severity.ERROR, _weights(check_plan(example.plan, example.facts, lenient)).get("N204"))

    def test_a_declined_inspection_is_reported_only_if_others_see_the_image(self) -> None:
        declined = {"pins": Declined("the guest was not inspected")}
        mine, ours = case(guest=declined), case(guest=declined, image={"visibility": Visibility.COMMUNITY})

        self.assertNotIn("N204", _weights(check_plan(mine.plan, mine.facts, Settings())))
        self.assertIn("N204", _weights(check_plan(ours.plan, ours.facts, Settings())))


class TestSettings(base.BaseTestCase):
    def test_a_site_can_change_a_severity(self) -> None:
        example = case()
        stricter = Settings(severities={("N201", Visibility.PRIVATE): Severity.ERROR})

        self.assertTrue(check_plan(example.plan, example.facts, stricter).stops)

    def test_an_ignored_rule_asks_for_no_facts(self) -> None:
        example = _with_damage(unknown_fact("the disk is locked"))
        without = Settings(severities={("D303", Visibility.PRIVATE): Severity.IGNORED})

        self.assertNotIn("D303", _weights(check_plan(example.plan, example.facts, without)))


class TestCheckImage(base.BaseTestCase):
    def test_each_flaw_has_its_full_severity_whoever_caused_it(self) -> None:
        example = case(image=OLD_FLAW)
        unchanged = replace(example.plan, before=example.plan.image)

        self.assertTrue(check_image(unchanged, example.facts, Settings()).stops)

    def test_a_report_has_a_stable_order(self) -> None:
        example = case(image=OLD_FLAW | {"visibility": Visibility.PUBLIC, "disk_format": "raw"})

        codes = [found.code for found in check_image(example.plan, example.facts, Settings()).findings]

        self.assertEqual(["D307", "V101", "D305", "N201"], codes)


def _with_damage(damage: Any) -> Example:
    example = case()
    disk = replace(example.facts.disk, damage=damage)
    return replace(example, facts=replace(example.facts, disk=disk))


def _with_unknown_damage(settings: Settings | None = None) -> Report:
    example = _with_damage(unknown_fact("the disk is locked"))
    return check_plan(example.plan, example.facts, settings or Settings())
