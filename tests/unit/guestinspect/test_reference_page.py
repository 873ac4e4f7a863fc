"""The page about ``guestinspect`` and the schema of its JSON agree."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import guestinspect
from guestinspect.api import HEAD_BYTES
from guestinspect.model.fact import Fact
from guestinspect.model.guest import Boot, CloudInit, NicHotplug, Nics, NicsAtBoot, Pin, RootDevice, Step
from guestinspect.model.inspection import (
    SCHEMA_VERSION,
    Inspection,
    UnknownReason,
    disk_fact_types,
    guest_fact_types,
    plain,
)
from guestinspect.model.leftover import Kind, Leftover
from guestinspect.process.limits import LOCAL, MIB
from tests import base

PAGE = Path(guestinspect.__file__).parent.parent / "doc/source/reference/guestinspect.rst"

_TITLE = re.compile(r"^(.+)\n([=\-^])\2+$", re.MULTILINE)
_CELL = re.compile(r"^   \* - ``(\w+)``$", re.MULTILINE)


def names(of_class: type) -> list[str]:
    return [field.name for field in fields(of_class)]


class TestReferencePage(base.BaseTestCase):
    def setUp(self) -> None:
        super().setUp()
        if not PAGE.exists():
            self.skipTest("the documentation is not beside the package")
        self.text = PAGE.read_text(encoding="utf-8")
        parts = _TITLE.split(self.text)
        self.sections = dict(zip(parts[1::3], parts[3::3], strict=True))

    def test_each_table_has_the_keys_of_the_schema(self) -> None:
        top = [*names(Fact), *names(UnknownReason)]
        for title, keys in {
            "Facts of the disk": list(disk_fact_types()),
            "Facts of the guest": list(guest_fact_types()),
            "boot": names(Boot),
            "root_device": names(RootDevice),
            "cloud_init": names(CloudInit),
            "nics_at_boot": names(NicsAtBoot),
            "nic_hotplug": names(NicHotplug),
            "a step": names(Step),
            "Leftovers": [plain(kind) for kind in Kind],
            "a leftover": names(Leftover),
        }.items():
            with self.subTest(title=title):
                self.assertEqual(keys, _CELL.findall(self.sections[title]))
        self.assertEqual({*names(Inspection), *top}, set(_CELL.findall(self.sections["The JSON"])))
        self.assertEqual([*names(Step), "is_harmless"], names(Pin))

    def test_the_version_is_that_of_the_schema(self) -> None:
        self.assertIn(f"``schema_version``\n     - {SCHEMA_VERSION}\n", self.text)

    def test_each_verdict_is_explained(self) -> None:
        for verdict in Nics:
            self.assertIn(f"``{plain(verdict)}``: ", self.sections["nics_at_boot"])

    def test_the_limits_are_those_of_the_child(self) -> None:
        limits = f"{LOCAL.memory_bytes // MIB} MiB of memory and {LOCAL.cpu_s} seconds of processor time"

        self.assertIn(limits, self.sections["What runs"])

    def test_the_length_of_a_short_stream_is_that_of_the_interface(self) -> None:
        self.assertIn(f"unless the disk is shorter than {HEAD_BYTES // MIB} MiB", self.sections["Python"])
