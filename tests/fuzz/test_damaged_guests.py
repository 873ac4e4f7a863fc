"""Inspect disks and configuration that are damaged at random: the inspection ends soon and in little memory."""

from __future__ import annotations

import shutil
import tempfile
from itertools import islice
from pathlib import Path
from typing import ClassVar

import fixtures

from fuzzing import __main__ as fuzzing
from fuzzing import corpus
from fuzzing.case import Case, End
from fuzzing.configurations import CONFIGURATIONS
from fuzzing.watching import Worker
from tests import base

SEED = 1
DISKS = ("ext4-1k", "xfs", "btrfs-mixed", "gpt-vfat", "lvm", "qcow2-packed", "vmdk-stream", "vdi", "vhdx")
EACH = 12


class TestDamagedGuests(base.BaseTestCase):
    """A short run of what ``python -m fuzzing`` does; a failure shows how to repeat one case."""

    made: ClassVar[Path]

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.made = Path(tempfile.mkdtemp())
        cls.addClassCleanup(shutil.rmtree, cls.made)

    def setUp(self) -> None:
        super().setUp()
        self.useFixture(fixtures.Timeout(300, gentle=True))

    def assert_all_end_well(self, names: list[tuple[str, str]]) -> None:
        cases = islice(fuzzing.cases(names, SEED), EACH * len(names))

        with Worker() as worker:
            ends = {str(case): outcome for case in cases if (outcome := worker.outcome(case)).end is not End.LOOKED}

        self.assertEqual({}, ends)

    def test_damaged_disks_have_facts_or_are_unknown(self) -> None:
        made = [one for name in DISKS for one in corpus.make(self.made, only=name).specimens if one.name == name]
        if not made:
            self.skipTest("no tool that makes a file system is installed")

        self.assert_all_end_well([(one.name, str(one.path)) for one in made])

    def test_damaged_configuration_has_facts_or_is_unknown(self) -> None:
        self.assert_all_end_well([(name, "") for name in CONFIGURATIONS])

    def test_the_same_case_has_the_same_damage(self) -> None:
        case = Case("netplan", "", SEED, 3)

        with Worker() as worker:
            first, second = worker.outcome(case), worker.outcome(case)

        self.assertEqual(first.details, second.details)
        self.assertNotEqual("", first.details)
