from __future__ import annotations

from guestinspect.model.fact import Unknown
from tests import base
from tests.unit.policy.checking import findings
from vscclient.model.finding import Outcome, Severity
from vscclient.model.fix import Fix, SetField, UnsetField
from vscclient.model.property_definition import PropertyDefinition

TEAM = PropertyDefinition(key="team_licence", namespace="Our::Team")


class TestM402(base.BaseTestCase):
    def test_a_misspelt_name_is_a_warning_that_names_the_nearest(self) -> None:
        (found,) = findings("M402", image={"properties": {"hw_vif_modell": "virtio"}})

        self.assertEqual(Severity.WARNING, found.severity)
        self.assertEqual("hw_vif_modell is not a known property; the nearest one is hw_vif_model", found.message)
        self.assertEqual(Fix.by(SetField("hw_vif_model", "virtio"), UnsetField("hw_vif_modell")), found.fix)

    def test_a_name_in_capital_letters_is_misspelt(self) -> None:
        (found,) = findings("M402", image={"properties": {"HW_DISK_BUS": "virtio"}})

        self.assertIn("the nearest one is hw_disk_bus", found.message)

    def test_a_misspelt_property_of_the_vsc_is_a_warning(self) -> None:
        (found,) = findings("M402", image={"properties": {"vsc_multinic": "true"}})

        self.assertIn("vsc_multi_nic", found.message)

    def test_a_property_of_the_users_own_is_for_information(self) -> None:
        (found,) = findings("M402", image={"properties": {"laboratory": "7"}})

        self.assertEqual((Severity.NOTE, "laboratory is not a known property"), (found.severity, found.message))

    def test_a_name_that_services_read_may_differ_more(self) -> None:
        (found,) = findings("M402", image={"properties": {"hw_qemu_agent": "yes"}})
        self.assertIn("the nearest one is hw_qemu_guest_agent", found.message)

        (found,) = findings("M402", image={"properties": {"kernel": "5.10"}})
        self.assertEqual("kernel is not a known property", found.message)

    def test_what_services_set_is_known(self) -> None:
        properties = {
            "base_image_ref": "",
            "hw_numa_cpus.0": "0,1",
            "instance_uuid": "",
            "owner_specified.openstack.sha256": "",
            "trait:COMPUTE_SECURITY_TPM_2_0": "required",
            "vsc_waived": "N201",
        }

        self.assertEqual([], findings("M402", image={"properties": properties}, definitions=Unknown("not asked")))

    def test_what_the_catalogue_defines_is_known(self) -> None:
        self.assertEqual([], findings("M402", image={"properties": {"team_licence": "x"}}, definitions=(TEAM,)))

    def test_the_nearest_name_can_be_one_of_the_catalogue(self) -> None:
        (found,) = findings("M402", image={"properties": {"team_license": "x"}}, definitions=(TEAM,))

        self.assertIn("team_licence", found.message)

    def test_without_a_catalogue_an_unknown_name_could_not_be_checked(self) -> None:
        (found,) = findings("M402", image={"properties": {"laboratory": "7"}}, definitions=Unknown("not allowed"))

        self.assertEqual(Outcome.UNKNOWN, found.outcome)
