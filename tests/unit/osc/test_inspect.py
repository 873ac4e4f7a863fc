"""The options of ``vsc image inspect``."""

from __future__ import annotations

import io
from contextlib import redirect_stderr

from guestinspect.model.machine import MachineType
from tests import base
from tests.unit.osc.parsing import parser_of
from vscclient.osc.image.completion import _syntax_of
from vscclient.osc.image.inspect import InspectImage
from vscclient.osc.options import inspect_options


class TestMachine(base.BaseTestCase):
    def read(self, *words: str) -> MachineType | None:
        return inspect_options.read_machine(parser_of(InspectImage).parse_args(["rna", *words]))

    def test_a_version_of_a_machine_is_its_type(self) -> None:
        self.assertIsNone(self.read())
        for name in ("q35", "pc-q35-6.2"):
            self.assertIs(MachineType.Q35, self.read("--machine", name))
        for name in ("i440fx", "pc", "pc-i440fx-7.2"):
            self.assertIs(MachineType.I440FX, self.read("--machine", name))

    def test_a_typing_error_is_refused_with_the_choices(self) -> None:
        for name in ("q53", "virt", ""):
            with self.subTest(name=name), redirect_stderr(io.StringIO()) as output:
                self.assertRaises(SystemExit, self.read, "--machine", name)

                self.assertIn(f"invalid choice: '{name}' (choose from 'i440fx', 'q35')", output.getvalue())

    def test_the_types_are_completed(self) -> None:
        self.assertEqual(["i440fx", "q35"], _syntax_of(parser_of(InspectImage)).options["--machine"])
