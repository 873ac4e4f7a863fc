"""Rules about NICs for the machine type of the image, or of the site."""

from __future__ import annotations

from typing import Any

from guestinspect.model.guest import NicHotplug, Nics, NicsAtBoot, Pin, Step
from guestinspect.model.machine import MachineType
from tests import base
from vscclient.model.finding import Finding, Outcome
from vscclient.model.settings import Settings
from vscclient.model.visibility import Visibility
from vscclient.policy.engine import check_image, check_plan
from vscclient.policy.example import case

WHY = (Step("only ens3, ens4 and ens5 are configured", "/etc/network/interfaces:5"),)
GUEST = {
    "nics_at_boot": NicsAtBoot(Nics.ALL, ("ens3", "ens4", "ens5"), WHY),
    "nic_hotplug": NicHotplug(True, WHY),
    "pins": (),
    "q35_nics_at_boot": NicsAtBoot(Nics.FIRST, ("enp1s0",), WHY),
    "q35_nic_hotplug": NicHotplug(False, WHY),
    "q35_pins": (Pin("name ens3", "/etc/network/interfaces:5"),),
}
"""A guest that has all NICs on an i440fx machine, and only the first on a q35 machine."""

Q35 = Settings(machine_type=MachineType.Q35)
CODES = ("N201", "N202", "N203", "N204", "N206")


def image(**properties: str) -> dict[str, Any]:
    return {"visibility": Visibility.COMMUNITY, "properties": {"vsc_multi_nic": "true", **properties}}


NAMED = GUEST | {
    "q35_nics_at_boot": NicsAtBoot(Nics.NONE, (), WHY, first="enp1s0"),
}
"""A guest that has all NICs on an i440fx machine, and none on a q35 machine."""


class TestMachineType(base.BaseTestCase):
    def findings(self, settings: Settings, **properties: str) -> dict[str, Finding]:
        example = case(image=image(**properties), guest=GUEST)
        report = check_image(example.plan, example.facts, settings)
        return {found.code: found for found in report.findings if found.code in CODES}

    def test_i440fx_is_built_in(self) -> None:
        self.assertEqual({}, self.findings(Settings()))

    def test_the_machine_type_of_the_site_counts(self) -> None:
        self.assertEqual(["N202", "N203", "N204"], sorted(self.findings(Q35)))
        self.assertEqual({}, self.findings(Settings(machine_type=MachineType.I440FX)))

    def test_the_machine_type_of_the_image_overrides_it(self) -> None:
        for name in ("q35", "pc-q35-6.2", "pc-q35-rhel9.4.0"):
            self.assertEqual(["N202", "N203", "N204"], sorted(self.findings(Settings(), hw_machine_type=name)))
        for name in ("pc", "pc-i440fx-7.2"):
            self.assertEqual({}, self.findings(Q35, hw_machine_type=name))

    def test_a_guest_without_nics_on_that_machine_is_one_finding(self) -> None:
        for properties in ({"vsc_multi_nic": "true"}, {"vsc_multi_nic": "false"}, {}):
            with self.subTest(properties=properties):
                about = {"visibility": Visibility.COMMUNITY, "properties": {"hw_machine_type": "q35"} | properties}
                example = case(image=about, guest=NAMED)

                report = check_image(example.plan, example.facts, Settings())
                codes = [found.code for found in report.findings if found.code in ("N201", "N202", "N206")]

                self.assertEqual(["N206"], codes)

    def test_a_waiver_is_compared_on_that_machine(self) -> None:
        """A waiver of N202 that the machine needs is not removed while others see the image."""
        old = {"id": "1234", **image(hw_machine_type="q35", vsc_waived="N202")}
        example = case(image=image(hw_machine_type="q35"), before=old, guest=GUEST)

        report = check_plan(example.plan, example.facts, Settings())

        self.assertIn("M403", {found.code for found in report.findings if found.stops})

    def test_another_machine_type_is_unknown(self) -> None:
        for name in ("virt", "microvm", "q53", ""):
            with self.subTest(name=name):
                found = self.findings(Q35, hw_machine_type=name)

                self.assertEqual({Outcome.UNKNOWN}, {finding.outcome for finding in found.values()})
                self.assertEqual(["N202", "N203", "N204", "N206"], sorted(found))
                self.assertIn(f"not for '{name}'", found["N202"].message)

    def test_nics_that_are_no_pcie_devices_are_unknown_on_q35(self) -> None:
        found = self.findings(Q35, hw_vif_model="e1000")

        self.assertIn("NICs of the model e1000", found["N202"].message)
        self.assertEqual({}, self.findings(Settings(), hw_vif_model="e1000"))
        self.assertEqual(Outcome.BROKEN, self.findings(Q35, hw_vif_model="virtio")["N202"].outcome)

    def test_a_plan_that_changes_the_machine_type_is_compared_with_the_old_one(self) -> None:
        old = {"id": "1234", **image()}
        example = case(image={"status": "active", **image(hw_machine_type="q35")}, before=old, guest=GUEST)

        report = check_plan(example.plan, example.facts, Settings())

        self.assertIn("N202", {finding.code for finding in report.findings if finding.stops})

    def test_an_unrelated_change_is_not_stopped_by_the_machine_type(self) -> None:
        old = {"id": "1234", **image(hw_machine_type="q35")}
        example = case(image={**old, "tags": ("new",), "status": "active"}, before=old, guest=GUEST)

        report = check_plan(example.plan, example.facts, Settings())

        self.assertFalse(report.stops)
