from __future__ import annotations

from typing import Any

from guestinspect.model.fact import Unknown
from guestinspect.model.guest import Nics, NicsAtBoot, Step
from tests import base
from tests.unit.policy.checking import INSTALLER, ISO, findings
from vscclient.model.finding import Finding, Outcome, Severity
from vscclient.model.fix import Advice, Fix, Recreate, Reference, SetField
from vscclient.model.settings import Settings
from vscclient.model.visibility import Visibility
from vscclient.policy.engine import check_image
from vscclient.policy.example import case

SEVERAL = {"visibility": Visibility.COMMUNITY, "properties": {"vsc_multi_nic": "true"}}
WHY = (Step("ifupdown is active", "/lib/x"), Step("only ens3 is configured", "/etc/network/interfaces:5"))


def found(which: Nics, *names: str, **about: Any) -> Finding:
    """Return the findings about a guest that brings up these NICs."""
    (one,) = findings("N202", image=SEVERAL, guest={"nics_at_boot": NicsAtBoot(which, names, WHY)}, **about)
    return one


class TestN202(base.BaseTestCase):
    def test_the_location_is_that_of_the_steps_in_the_message(self) -> None:
        why = (Step("DHCP=yes", "/etc/20-dhcp.network:5"), Step("no file matches ens4", "/etc/network"), Step("down"))
        guest = {"nics_at_boot": NicsAtBoot(Nics.FIRST, ("ens3",), why)}

        (one,) = findings("N202", image=SEVERAL, guest=guest)

        self.assertEqual("/etc/network", one.location)

    def test_the_first_nic_is_not_enough(self) -> None:
        one = found(Nics.FIRST, "ens3")

        self.assertTrue(one.stops)
        self.assertTrue(one.message.startswith("only the first of three network interfaces comes up at boot: "))
        self.assertIn("only ens3 is configured", one.message)
        advice = Advice("let the guest configure every interface", Reference.RULE)
        self.assertEqual(Fix.by(advice) | Fix.by(SetField("vsc_multi_nic", "false")), one.fix)

    def test_the_nics_that_come_up_are_named(self) -> None:
        self.assertIn("only ens3 and ens5 come up", found(Nics.NAMED, "ens3", "ens5").message)
        self.assertIn("only ens4 comes up", found(Nics.NAMED, "ens4").message)

    def test_a_guest_that_nobody_can_reach_is_reported_by_n206(self) -> None:
        for which in (Nics.NONE, Nics.NAMED):
            for planned in ({}, {"before": {"id": "1234", "properties": {}}}):
                with self.subTest(which=which, planned=planned):
                    guest = {"nics_at_boot": NicsAtBoot(which, (), WHY)}

                    self.assertEqual([], findings("N202", image=SEVERAL, guest=guest, **planned))
                    self.assertEqual(1, len(findings("N206", image=SEVERAL, guest=guest, **planned)))

    def test_a_single_nic_is_no_fix_where_the_first_one_stays_down(self) -> None:
        """A site that ignores N206 has the finding of N202."""
        ignored = Settings(severities={("N206", visibility): Severity.IGNORED for visibility in Visibility})
        for which, message in ((Nics.NONE, "none of three"), (Nics.NAMED, "except one with a certain MAC address")):
            with self.subTest(which=which):
                example = case(image=SEVERAL, guest={"nics_at_boot": NicsAtBoot(which, (), WHY)})

                report = check_image(example.plan, example.facts, ignored)
                (one,) = (finding for finding in report.findings if finding.code.startswith("N"))

                self.assertIn(message, one.message)
                self.assertEqual(Fix.by(Advice("let the guest configure every interface", Reference.RULE)), one.fix)

    def test_a_guest_in_the_cloud_is_fixed_by_a_new_image(self) -> None:
        one = found(Nics.FIRST, before={"id": "1234"})

        self.assertEqual(Recreate(), one.fix.alternatives[0][-1])

    def test_an_image_for_a_single_nic_is_not_checked(self) -> None:
        guest = {"nics_at_boot": NicsAtBoot(Nics.NONE, (), ())}
        for said in ({"vsc_multi_nic": "false"}, {}):
            with self.subTest(said=said):
                self.assertEqual([], findings("N202", image={"properties": said}, guest=guest))

    def test_a_private_image_gets_a_warning(self) -> None:
        guest = {"nics_at_boot": NicsAtBoot(Nics.FIRST, ("ens3",), ())}

        (one,) = findings("N202", image={"properties": {"vsc_multi_nic": "true"}}, guest=guest)

        self.assertEqual(Severity.WARNING, one.severity)

    def test_an_unknown_guest_does_not_stop_the_plan(self) -> None:
        (one,) = findings("N202", image=SEVERAL, guest={"nics_at_boot": Unknown("the disk is encrypted")})

        self.assertEqual((Outcome.UNKNOWN, Severity.WARNING), (one.outcome, one.severity))
        self.assertEqual("the disk is encrypted", one.message)

    def test_an_installer_has_no_guest(self) -> None:
        self.assertEqual([], findings("N202", image=SEVERAL | {"disk_format": "iso"}, disk=ISO, guest=INSTALLER))
