from __future__ import annotations

from guestinspect.model.fact import Unknown
from tests import base
from tests.unit.policy.checking import findings
from vscclient.model.finding import Outcome, Severity
from vscclient.model.fix import Fix, SetField
from vscclient.model.property_definition import PropertyDefinition, PropertyType
from vscclient.model.visibility import Visibility

NO_CATALOGUE = Unknown("the Image service does not allow this")


def sockets(namespace: str = "OS::Compute::VirtCPUTopology", **fields: object) -> PropertyDefinition:
    values = {"key": "team_sockets", "type": PropertyType.INTEGER, "minimum": 1, "maximum": 8} | fields
    return PropertyDefinition(namespace=namespace, **values)  # type: ignore[arg-type]


class TestM401(base.BaseTestCase):
    def test_every_spelling_of_a_boolean_that_nova_reads_is_fine(self) -> None:
        for value in ("true", "True", "yes", "on", "1", "t", "y", "false", "No", "OFF", "0", "f", "n"):
            with self.subTest(value):
                self.assertEqual([], findings("M401", image={"properties": {"hw_boot_menu": value}}))

    def test_a_boolean_that_nova_reads_as_false_without_a_word_is_an_error(self) -> None:
        (found,) = findings("M401", image={"properties": {"hw_boot_menu": "enabled"}})

        self.assertEqual(Severity.ERROR, found.severity)
        self.assertEqual("hw_boot_menu would be enabled, which is not a boolean: true or false", found.message)

    def test_a_number_in_words_is_an_error_for_every_audience(self) -> None:
        for visibility in Visibility:
            with self.subTest(visibility):
                (found,) = findings(
                    "M401", image={"visibility": visibility, "properties": {"hw_cpu_cores": "four"}}, is_staff=True
                )

                self.assertIn("hw_cpu_cores would be four, which is not a whole number", found.message)

    def test_an_older_name_of_a_property_is_checked(self) -> None:
        (found,) = findings("M401", image={"properties": {"ipxe_boot": "maybe"}})

        self.assertIn("ipxe_boot", found.message)

    def test_a_long_value_is_shortened(self) -> None:
        (found,) = findings("M401", image={"properties": {"hw_cpu_cores": "many " * 100}})

        self.assertLess(len(found.message), 150)

    def test_a_number_outside_the_range_of_the_catalogue_is_a_warning(self) -> None:
        (found,) = findings("M401", image={"properties": {"team_sockets": "9"}}, definitions=(sockets(),))

        self.assertEqual(Severity.WARNING, found.severity)
        self.assertEqual("team_sockets would be 9, which is not in the range 1 … 8", found.message)

    def test_a_namespace_that_the_site_trusts_makes_it_an_error(self) -> None:
        (found,) = findings(
            "M401", image={"properties": {"team_sockets": "9"}}, definitions=(sockets(is_trusted=True),)
        )

        self.assertEqual(Severity.ERROR, found.severity)

    def test_a_value_that_one_of_several_definitions_accepts_is_fine(self) -> None:
        definitions = (sockets(), sockets("My::Namespace", maximum=16))

        self.assertEqual([], findings("M401", image={"properties": {"team_sockets": "9"}}, definitions=definitions))

    def test_a_newer_catalogue_extends_the_table_of_nova(self) -> None:
        newer = PropertyDefinition(key="hw_boot_menu", namespace="OS::Compute::Libvirt", values=("timeout",))

        self.assertEqual([], findings("M401", image={"properties": {"hw_boot_menu": "timeout"}}, definitions=(newer,)))

    def test_the_table_of_nova_needs_no_catalogue(self) -> None:
        (found,) = findings("M401", image={"properties": {"hw_cpu_cores": "four"}}, definitions=NO_CATALOGUE)

        self.assertEqual(Outcome.BROKEN, found.outcome)

    def test_without_a_catalogue_other_properties_are_unknown(self) -> None:
        (found,) = findings("M401", image={"properties": {"team_sockets": "9"}}, definitions=NO_CATALOGUE)

        self.assertEqual(Outcome.UNKNOWN, found.outcome)

    def test_both_values_of_a_boolean_are_suggested(self) -> None:
        (found,) = findings("M401", image={"properties": {"hw_boot_menu": "ja"}})

        self.assertEqual(
            Fix.by(SetField("hw_boot_menu", "true")) | Fix.by(SetField("hw_boot_menu", "false")), found.fix
        )
