from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from guestinspect.model.fact import Unknown
from guestinspect.model.guest import Nics, NicsAtBoot, Step
from tests import base
from tests.unit.policy.checking import INSTALLER, ISO, KERNEL, findings
from vscclient.model.finding import Finding, Outcome, Severity
from vscclient.model.fix import Advice, Fix, Recreate, Reference
from vscclient.model.settings import Settings
from vscclient.model.visibility import Visibility
from vscclient.policy.engine import check_image, check_plan
from vscclient.policy.example import case, project

WHY = (Step("systemd-networkd is enabled", "/etc/x"), Step("no file matches ens3", "/etc/systemd/network"))
NONE = {"nics_at_boot": NicsAtBoot(Nics.NONE, (), WHY, first="ens3")}
OTHERS = {"nics_at_boot": NicsAtBoot(Nics.NAMED, ("ens4", "ens5"), WHY, first="ens3")}
BY_MAC = {"nics_at_boot": NicsAtBoot(Nics.NAMED, (), WHY, first="ens3")}
COMMUNITY = {"visibility": Visibility.COMMUNITY, "id": "1234"}
SEVERAL, SINGLE = {"vsc_multi_nic": "true"}, {"vsc_multi_nic": "false"}


def codes(**about: Any) -> list[str]:
    """Return the codes of the rules about NICs that a sound image with these differences breaks."""
    example = case(**about)
    report = check_image(example.plan, example.facts, Settings())
    return [finding.code for finding in report.findings if finding.code.startswith("N")]


class TestN206(base.BaseTestCase):
    def one(self, guest: dict[str, Any], **about: Any) -> Finding:
        """Return the finding."""
        (found,) = findings("N206", guest=guest, **about)
        return found

    def test_a_guest_without_nics_is_reported_whatever_it_declares(self) -> None:
        for properties in (SINGLE, SEVERAL, {}):
            with self.subTest(properties=properties):
                found = self.one(NONE, image={"properties": properties})

                self.assertTrue(found.message.startswith("no network interface comes up at boot"))
                self.assertIn("no file matches ens3", found.message)
                self.assertEqual("/etc/systemd/network", found.location)

    def test_a_guest_whose_first_nic_stays_down_is_reported(self) -> None:
        message = self.one(OTHERS).message

        self.assertIn("the first network interface stays down at boot, only ens4 and ens5 come up", message)
        self.assertIn("except one with a certain MAC address", self.one(BY_MAC).message)

    def test_a_guest_whose_first_nic_comes_up_is_fine(self) -> None:
        for found in (
            NicsAtBoot(Nics.FIRST, ("ens3",), WHY, first="ens3"),
            NicsAtBoot(Nics.NAMED, ("ens3", "ens5"), WHY, first="ens3"),
            NicsAtBoot(Nics.ALL, ("ens3", "ens4", "ens5"), WHY, first="ens3"),
        ):
            with self.subTest(found=found):
                self.assertEqual([], findings("N206", guest={"nics_at_boot": found}))

    def test_the_severity_grows_with_the_audience(self) -> None:
        for properties, expected in (
            (SINGLE, (Severity.NOTE, Severity.WARNING, Severity.ERROR, Severity.ERROR)),
            (SEVERAL, (Severity.WARNING, Severity.ERROR, Severity.ERROR, Severity.ERROR)),
        ):
            for visibility, severity in zip(Visibility, expected, strict=True):
                with self.subTest(properties=properties, visibility=visibility):
                    image = {"visibility": visibility, "properties": properties}

                    self.assertEqual(severity, self.one(NONE, image=image, plan={"members": (project(),)}).severity)

    def test_one_finding_stands_for_one_thing_to_do(self) -> None:
        for properties in (SINGLE, SEVERAL, {}):
            with self.subTest(properties=properties):
                image = {"visibility": Visibility.COMMUNITY, "properties": properties}

                self.assertEqual(["N206"], codes(image=image, guest=NONE))

    def test_whoever_waives_it_declares_the_use_of_nics(self) -> None:
        image = {"visibility": Visibility.COMMUNITY, "properties": {}}

        self.assertEqual(["N201", "N206"], codes(image=image, guest=NONE, plan={"waived": frozenset({"N206"})}))

    def test_n202_remains_where_a_site_ignores_it(self) -> None:
        example = case(image={"properties": SEVERAL}, guest=NONE)
        ignored = Settings(severities={("N206", visibility): Severity.IGNORED for visibility in Visibility})

        report = check_image(example.plan, example.facts, ignored)

        self.assertEqual(["N202"], [found.code for found in report.findings if found.code.startswith("N")])

    def test_an_unknown_verdict_is_not_bad(self) -> None:
        found = self.one({"nics_at_boot": Unknown("the disk is encrypted")}, image={"visibility": Visibility.COMMUNITY})

        self.assertEqual((Outcome.UNKNOWN, Severity.WARNING), (found.outcome, found.severity))

    def test_the_fix_names_the_interfaces_that_are_needed(self) -> None:
        first = Advice("let the guest configure the first interface", Reference.RULE)
        every = Advice("let the guest configure every interface", Reference.RULE)

        self.assertEqual(Fix.by(first), self.one(NONE, image={"properties": SINGLE}).fix)
        self.assertEqual(Fix.by(every), self.one(NONE, image={"properties": SEVERAL}).fix)
        self.assertEqual(Recreate(), self.one(NONE, before={"id": "1234"}).fix.alternatives[0][-1])

    def test_an_installer_and_a_kernel_have_no_guest(self) -> None:
        kernel = findings("N206", image={"disk_format": "aki", "container_format": "aki"}, disk=KERNEL, guest=NONE)
        installer = findings("N206", image={"disk_format": "iso"}, disk=ISO, guest=INSTALLER)

        self.assertEqual([], kernel + installer)


class TestPlans(base.BaseTestCase):
    """A plan is stopped only by what it causes."""

    def stopping(self, before: dict[str, str], after: dict[str, str], **planned: Any) -> list[str]:
        """Return the codes that stop a change of the properties of an image that everybody sees."""
        example = case(image=COMMUNITY | {"properties": after}, before={"properties": before}, guest=NONE)
        plan = replace(example.plan, **planned)
        report = check_plan(plan, example.facts, Settings())
        return [finding.code for finding in report.findings if finding.stops and finding.code.startswith("N")]

    def test_an_old_flaw_does_not_stop_a_change(self) -> None:
        self.assertEqual([], self.stopping(SINGLE, SINGLE | {"note": "x"}))
        self.assertEqual([], self.stopping(SEVERAL, SEVERAL | {"note": "x"}))

    def test_a_change_to_a_single_nic_is_not_stopped(self) -> None:
        self.assertEqual([], self.stopping(SEVERAL, SINGLE))

    def test_a_declaration_that_is_wrong_stops_the_change(self) -> None:
        self.assertEqual(["N206"], self.stopping(SINGLE, SEVERAL))
        self.assertEqual(["N206"], self.stopping({}, SEVERAL))

    def test_a_declaration_that_is_wrong_is_one_finding(self) -> None:
        example = case(image=COMMUNITY | {"properties": SEVERAL}, before={"properties": SINGLE}, guest=NONE)

        report = check_plan(example.plan, example.facts, Settings())
        (found,) = (finding for finding in report.findings if finding.code.startswith("N"))

        self.assertIn("several network interfaces are declared, but no network interface comes up", found.message)
        self.assertEqual(Severity.ERROR, found.severity)

    def test_offering_the_image_to_everybody_is_stopped(self) -> None:
        self.assertEqual(["N206"], self.stopping_to_widen(waived=frozenset()))

    def test_a_waiver_lifts_the_error(self) -> None:
        self.assertEqual([], self.stopping_to_widen(waived=frozenset({"N206"})))

    def test_a_waiver_of_n202_covers_the_finding_in_its_place(self) -> None:
        for properties, codes_that_stop in ((SEVERAL, []), (SINGLE, ["N206"])):
            with self.subTest(properties=properties):
                waived = frozenset({"N202"})

                self.assertEqual(codes_that_stop, self.stopping_to_widen(waived, properties))

    def test_a_waiver_of_n202_does_not_cover_what_could_not_be_checked(self) -> None:
        image = COMMUNITY | {"properties": SEVERAL}
        guest = {"nics_at_boot": Unknown("the disk is encrypted")}

        (found,) = findings("N206", image=image, guest=guest, plan={"waived": frozenset({"N202"})})

        self.assertFalse(found.waived)

    def stopping_to_widen(self, waived: frozenset[str], properties: Mapping[str, str] = SINGLE) -> list[str]:
        """Return the codes that stop a private image from being offered to everybody."""
        now = {"visibility": Visibility.PRIVATE}
        example = case(image=COMMUNITY | {"properties": properties}, before=now, guest=NONE, plan={"waived": waived})
        report = check_plan(example.plan, example.facts, Settings())
        return [finding.code for finding in report.findings if finding.stops and finding.code.startswith("N")]
