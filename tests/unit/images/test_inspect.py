"""Inspecting a file for the machine type that the user, the image or the site names."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import Any, cast

import fixtures

from guestinspect.model.guest import Nics, NicsAtBoot
from guestinspect.model.machine import MachineType
from tests import base
from vscclient import errors
from vscclient.images import inspect
from vscclient.images.cloud import Cloud
from vscclient.images.inspection import in_cloud, local
from vscclient.images.inspection.image_data import ImageData
from vscclient.model.terminal import SilentTerminal
from vscclient.policy.example import case
from vscclient.site.settings import VARIABLE

GUEST = {
    "nics_at_boot": NicsAtBoot(Nics.ALL, ("ens3", "ens4", "ens5"), ()),
    "q35_nics_at_boot": NicsAtBoot(Nics.NONE, (), ()),
}


class TestMachineType(base.BaseTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.useFixture(fixtures.EnvironmentVariable(VARIABLE))
        folder = Path(self.useFixture(fixtures.TempDir()).path)
        self.disk, self.policy = folder / "disk.raw", folder / "policy.yaml"
        self.disk.write_bytes(bytes(512))
        facts = case(guest=GUEST).facts
        data = ImageData(disk=facts.disk, guest=facts.guest, inspect=lambda: self.fail("it is inspected"))
        self.useFixture(fixtures.MockPatchObject(local, "data_of_file", lambda *_: data))
        self.data = data

    def inspect(self, **options: Any) -> tuple[str, str]:
        """Return the machine type and the verdict."""
        how = inspect.InspectOptions(file=str(self.disk))
        found = inspect.run(cast(Cloud, None), inspect.Options(inspect_options=how, **options), SilentTerminal())
        return found.machine_type, str(found.nics_at_boot.verdict if found.nics_at_boot else "unknown")

    def test_i440fx_is_built_in(self) -> None:
        self.assertEqual(("i440fx", "all"), self.inspect())

    def test_an_option_asks_what_if(self) -> None:
        self.assertEqual(("q35", "none"), self.inspect(machine=MachineType.Q35))

    def test_the_policy_file_names_the_machine_type(self) -> None:
        self.policy.write_text("machine_type: pc-q35-6.2\n", encoding="utf-8")

        self.assertEqual(("q35", "none"), self.inspect(policy=str(self.policy)))
        self.assertEqual(("i440fx", "all"), self.inspect(policy=str(self.policy), machine=MachineType.I440FX))
        self.useFixture(fixtures.EnvironmentVariable(VARIABLE, str(self.policy)))
        self.assertEqual(("q35", "none"), self.inspect())

    def test_an_invalid_policy_file_is_reported(self) -> None:
        self.policy.write_text("machine_type: q53\n", encoding="utf-8")

        self.assertRaises(errors.InvalidPolicyFile, self.inspect, policy=str(self.policy))

    def test_the_property_of_an_image_comes_before_the_policy_file(self) -> None:
        self.policy.write_text("machine_type: q35\n", encoding="utf-8")
        for name, expected in (
            ("pc-i440fx-7.2", "all"),
            ("pc-q35-6.2", "none"),
            ("virt", "unknown"),
        ):
            with self.subTest(name=name):
                image = case(image={"properties": {"hw_machine_type": name}}).plan.image
                self.useFixture(fixtures.MockPatchObject(inspect, "find_image", lambda *_, image=image: image))
                self.useFixture(fixtures.MockPatchObject(in_cloud, "opened_data", lambda *_: nullcontext(self.data)))

                self.assertEqual((name, expected), self.inspect(image="rna", policy=str(self.policy)))
                self.assertEqual(
                    ("q35", "none"), self.inspect(image="rna", policy=str(self.policy), machine=MachineType.Q35)
                )
