from __future__ import annotations

from guestinspect.model.fact import Unknown
from tests import base
from tests.unit.policy.checking import findings
from vscclient.model.finding import Outcome, Severity
from vscclient.model.fix import Fix, SetField
from vscclient.model.property_definition import PropertyDefinition, PropertyType
from vscclient.model.visibility import Visibility
from vscclient.policy.known_properties import KNOWN

COMMUNITY = {"visibility": Visibility.COMMUNITY}


class TestM408(base.BaseTestCase):
    def test_a_misspelt_value_is_an_error_for_a_community_image(self) -> None:
        (found,) = findings("M408", image=COMMUNITY | {"properties": {"hw_disk_bus": "virtoi"}})

        self.assertEqual(Severity.ERROR, found.severity)
        self.assertIn("hw_disk_bus would be virtoi, which is not one of: fdc, ide,", found.message)
        self.assertEqual(Fix.by(SetField("hw_disk_bus", "virtio")), found.fix)

    def test_a_misspelt_value_is_a_warning_for_a_private_image(self) -> None:
        (found,) = findings("M408", image={"properties": {"hw_disk_bus": "virtoi"}})

        self.assertEqual(Severity.WARNING, found.severity)

    def test_older_values_that_nova_reads_are_fine(self) -> None:
        for key, value in (
            ("architecture", "amd64"),
            ("hw_scsi_model", "lsilogicsas"),
            ("hw_vif_model", "VirtualE1000"),
            ("os_type", "Windows"),
            ("vm_mode", "hv"),
        ):
            with self.subTest(key):
                self.assertEqual([], findings("M408", image={"properties": {key: value}}))

    def test_nova_distinguishes_the_case_of_a_bus(self) -> None:
        (found,) = findings("M408", image={"properties": {"hw_disk_bus": "VIRTIO"}})

        self.assertEqual(Fix.by(SetField("hw_disk_bus", "virtio")), found.fix)

    def test_a_value_that_only_a_newer_catalogue_has_is_fine(self) -> None:
        newer = PropertyDefinition(key="hw_disk_bus", namespace="OS::Compute::LibvirtImage", values=("nvme",))

        self.assertEqual([], findings("M408", image={"properties": {"hw_disk_bus": "nvme"}}, definitions=(newer,)))

    def test_a_value_that_only_the_catalogue_lacks_is_a_warning(self) -> None:
        colour = PropertyDefinition(key="colour", namespace="Anybody", values=("red", "blue"))

        (found,) = findings("M408", image=COMMUNITY | {"properties": {"colour": "green"}}, definitions=(colour,))

        self.assertEqual(Severity.WARNING, found.severity)

    def test_a_value_of_two_namespaces_is_compared_with_both(self) -> None:
        red, green = (
            PropertyDefinition(key="colour", namespace=namespace, values=(value,))
            for namespace, value in (("A", "red"), ("B", "green"))
        )

        self.assertEqual([], findings("M408", image={"properties": {"colour": "green"}}, definitions=(red, green)))

    def test_another_spelling_of_true_is_not_a_declaration_of_several_nics(self) -> None:
        (found,) = findings("M408", image={"properties": {"vsc_multi_nic": "yes"}})

        self.assertIn("which is not one of: true, false", found.message)

    def test_without_a_catalogue_the_table_of_nova_is_enough(self) -> None:
        (found,) = findings("M408", image={"properties": {"hw_disk_bus": "virtoi"}}, definitions=Unknown("no"))

        self.assertEqual(Outcome.BROKEN, found.outcome)

    def test_a_correct_property_never_warns_whatever_the_catalogue_lacks(self) -> None:
        for key, known in KNOWN.items():
            outdated = PropertyDefinition(key=key, namespace="OS::Compute::LibvirtImage", values=("only this",))
            text = {PropertyType.BOOLEAN: "yes", PropertyType.INTEGER: "4"}.get(known.type, "any text")
            for value in (*known.values, *known.other_values) or (text,):
                properties = {"properties": {key: value}}
                for code in ("M401", "M402", "M408"):
                    with self.subTest(f"{code} {key}={value}"):
                        self.assertEqual([], findings(code, image=properties, definitions=(outdated,)))
