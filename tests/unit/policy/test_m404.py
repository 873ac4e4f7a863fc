from __future__ import annotations

from dataclasses import replace
from typing import NoReturn

from guestinspect.model.fact import NotYet, Unknown
from tests import base
from tests.unit.policy.checking import INSTALLER, ISO, findings
from vscclient.model.finding import Outcome, Severity
from vscclient.model.fix import Fix, SetField
from vscclient.model.settings import Settings
from vscclient.model.visibility import Visibility
from vscclient.policy.engine import check_image
from vscclient.policy.example import case

SILENT = {"visibility": Visibility.COMMUNITY, "properties": {}}
BLIND = {"architecture": Unknown("the guest was not inspected")}


class TestM404(base.BaseTestCase):
    def test_a_community_image_must_declare_the_architecture(self) -> None:
        (found,) = findings("M404", image=SILENT, guest={"architecture": "aarch64"})

        self.assertTrue(found.stops)
        self.assertEqual(Fix.by(SetField("architecture", "aarch64")), found.fix)

    def test_a_community_image_must_declare_an_unknown_architecture(self) -> None:
        (found,) = findings("M404", image=SILENT, guest=BLIND)

        self.assertEqual((Outcome.BROKEN, Fix.by(SetField("architecture", "x86_64"))), (found.outcome, found.fix))

    def test_a_missing_architecture_is_not_reported_while_the_data_is_being_read(self) -> None:
        example = case(image=SILENT)

        def later() -> NoReturn:
            raise NotYet("standard input")

        facts = replace(example.facts, guest=replace(example.facts.guest, architecture=later))

        self.assertEqual(
            [], [one for one in check_image(example.plan, facts, Settings()).findings if one.code == "M404"]
        )

    def test_a_private_image_gets_a_note(self) -> None:
        (found,) = findings("M404", image={"properties": {}})

        self.assertEqual(Severity.NOTE, found.severity)

    def test_another_architecture_is_wrong(self) -> None:
        (found,) = findings("M404", image={"properties": {"architecture": "aarch64"}}, before={"id": "1234"})

        self.assertEqual("the architecture is aarch64, but the guest was built for x86_64", found.message)
        self.assertEqual(Fix.by(SetField("architecture", "x86_64")), found.fix)

    def test_a_change_to_a_wrong_architecture_is_worded_as_a_change(self) -> None:
        (found,) = findings("M404", image={"properties": {"architecture": "aarch64"}}, before={"properties": {}})

        self.assertIn("would be aarch64", found.message)

    def test_other_names_that_nova_knows_are_fine(self) -> None:
        self.assertEqual([], findings("M404", image={"properties": {"architecture": "AMD64"}}))

    def test_an_architecture_that_cannot_be_compared_is_unknown(self) -> None:
        (found,) = findings("M404", image={"properties": {"architecture": "x86_64"}}, guest=BLIND)

        self.assertEqual(Outcome.UNKNOWN, found.outcome)

    def test_an_installer_is_not_checked(self) -> None:
        self.assertEqual([], findings("M404", image=SILENT | {"disk_format": "iso"}, disk=ISO, guest=INSTALLER))
