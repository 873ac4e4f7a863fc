"""Checking a plan against the policy."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from guestinspect.model.disk import Disk
from guestinspect.model.fact import Unknown
from guestinspect.model.guest import Nics, NicsAtBoot
from tests import base
from vscclient import errors
from vscclient.images.inspection.image_data import unknown_data
from vscclient.images.policy_check.approval import OWN_PROJECTS, PolicyCheck
from vscclient.model.finding import Report
from vscclient.model.image import WAIVED
from vscclient.model.plan import Plan
from vscclient.model.settings import Settings
from vscclient.model.terminal import SilentTerminal
from vscclient.model.visibility import Visibility
from vscclient.policy.example import THEIRS, case, project

COMMUNITY = {"visibility": Visibility.COMMUNITY}
UNSAID = {"description": "d", "architecture": "x86_64", "os_distro": "debian", "os_version": "12"}
SAID = UNSAID | {"vsc_multi_nic": "true"}


class _Listening(SilentTerminal):
    def __init__(self) -> None:
        self.shown: list[str] = []
        self.sentences: list[str] = []

    def say(self, sentence: str) -> None:
        self.sentences.append(sentence)

    def findings(self, report: Report) -> None:
        self.shown += [found.code for found in report.findings]


class TestPolicyCheck(base.BaseTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.terminal = _Listening()
        self.policy_check = PolicyCheck(case().facts, Settings(), self.terminal)

    def plan(self, image: dict[str, Any], **plan: Any) -> Plan:
        return replace(case(image=image).plan, **plan)

    def waived(self, plan: Plan) -> str | None:
        return self.policy_check.approve(plan).image.properties.get(WAIVED)

    def test_a_plan_against_the_policy_is_refused_with_its_findings(self) -> None:
        refusal = self.assertRaises(errors.RefusedByPolicy, self.policy_check.approve, self.plan({"min_disk_gib": 1}))

        self.assertTrue(refusal.report.stops)
        self.assertEqual(["D305"], self.terminal.shown)

    def test_what_is_fine_goes_on_as_it_is(self) -> None:
        plan = self.plan({})

        self.assertEqual(plan, self.policy_check.approve(plan))
        self.assertEqual([], self.terminal.shown)

    def test_a_shown_finding_is_not_shown_again(self) -> None:
        plan = self.plan(COMMUNITY | {"properties": UNSAID}, waived=frozenset({"N201"}))

        for _ in range(2):
            self.policy_check.approve(plan)

        self.assertEqual(["N201"], self.terminal.shown)
        self.assertEqual(("N201",), self.policy_check.warnings)

    def test_more_that_is_known_of_the_disk_counts(self) -> None:
        smaller = unknown_data(case(disk={"virtual_size_bytes": 1}).facts.disk, Unknown(""))

        self.assertRaises(errors.RefusedByPolicy, self.policy_check.approve, self.plan({"min_disk_gib": 1}))
        self.policy_check.approve(self.plan({"min_disk_gib": 1}), smaller)

    def test_a_stricter_server_is_mentioned_once(self) -> None:
        own = frozenset({THEIRS})
        image = {"visibility": Visibility.SHARED}
        sharing = self.plan(image, members=(project(),), own_projects=own, before=case().plan.image)

        self.policy_check.approve(sharing)
        self.policy_check.approve(sharing)

        self.assertEqual([OWN_PROJECTS], self.terminal.sentences)

    def test_a_stricter_server_is_not_mentioned_for_a_plan_that_only_narrows(self) -> None:
        before = self.plan({"visibility": Visibility.SHARED}).image
        removing = Plan(image=before, before=before, members_before=(project(),), own_projects=frozenset({THEIRS}))

        self.policy_check.approve(removing)

        self.assertEqual([], self.terminal.sentences)

    def test_a_waived_code_is_kept_where_others_see_the_image(self) -> None:
        waiving = frozenset({"N201"})

        self.assertEqual("N201", self.waived(self.plan(COMMUNITY | {"properties": UNSAID}, waived=waiving)))
        self.assertIsNone(self.waived(self.plan({"properties": {}}, waived=waiving)))

    def test_an_old_waiver_stays_until_the_flaw_is_fixed(self) -> None:
        before = self.plan(COMMUNITY | {"properties": UNSAID | {WAIVED: "N201"}}).image
        tagged, fixed = replace(before, tags=("x",)), replace(before, properties=SAID | {WAIVED: "N201"})

        self.assertEqual("N201", self.waived(Plan(image=tagged, before=before)))
        self.assertIsNone(self.waived(Plan(image=fixed, before=before)))

    def test_an_old_waiver_stays_where_another_rule_reports_the_flaw(self) -> None:
        """N206 reports what N202 reported: the owner has waived it already."""
        stays_down = case(guest={"nics_at_boot": NicsAtBoot(Nics.NONE, (), ())})
        policy_check = PolicyCheck(stays_down.facts, Settings(), self.terminal)
        before = self.plan(COMMUNITY | {"properties": SAID | {WAIVED: "N202"}}).image

        tagged = policy_check.approve(Plan(image=replace(before, tags=("x",)), before=before))
        approved_twice = policy_check.approve(tagged)

        self.assertEqual("N202", approved_twice.image.properties[WAIVED])
        single = {**before.properties, "vsc_multi_nic": "false"}
        declared = policy_check.approve(Plan(image=replace(before, properties=single), before=before))
        self.assertNotIn(WAIVED, declared.image.properties)

    def test_narrowing_removes_no_waiver(self) -> None:
        public = self.plan({"visibility": Visibility.PUBLIC, "properties": {WAIVED: "N201"}}).image
        community = replace(public, visibility=Visibility.COMMUNITY)

        self.assertEqual("N201", self.waived(Plan(image=community, before=public)))

    def test_a_waiver_of_a_rule_that_cannot_be_checked_stays(self) -> None:
        before = self.plan(COMMUNITY | {"properties": SAID | {WAIVED: "D304"}}).image
        policy_check = PolicyCheck(replace(case().facts, disk=Disk()), Settings(), self.terminal)

        kept = policy_check.approve(Plan(image=replace(before, tags=("x",)), before=before))

        self.assertEqual("D304", kept.image.properties[WAIVED])
