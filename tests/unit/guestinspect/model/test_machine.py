"""Machine types by the names that QEMU gives them."""

from __future__ import annotations

from guestinspect.model.machine import MachineType, family_or_text, parse_machine_type
from tests import base


class TestMachineType(base.BaseTestCase):
    def test_versions_of_a_machine_have_its_type(self) -> None:
        for name in ("q35", "pc-q35-6.2", "pc-q35-rhel9.4.0", "pc-q35-noble"):
            self.assertIs(MachineType.Q35, parse_machine_type(name))
        for name in ("pc", "i440fx", "pc-i440fx-7.2", "pc-i440fx-rhel7.6.0", "pc-1.3", "rhel6.6.0"):
            self.assertIs(MachineType.I440FX, parse_machine_type(name))

    def test_other_machines_have_no_type(self) -> None:
        for name in ("virt", "virt-8.2", "microvm", "isapc", "pseries", "xenpv", "", "q35 ", "Q35", "q36", "pcq35"):
            self.assertIsNone(parse_machine_type(name))

    def test_a_parser_sees_a_text_that_is_not_a_type(self) -> None:
        self.assertEqual(["q35", "i440fx", "q53"], list(map(family_or_text, ("pc-q35-6.2", "pc", "q53"))))
