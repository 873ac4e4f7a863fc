"""Inspect disks and configuration that are damaged at random: the inspection ends soon and in little memory."""

from __future__ import annotations

import random
import shutil
import tempfile
from itertools import islice
from pathlib import Path
from typing import ClassVar
from unittest import mock

import fixtures

from fuzzing import __main__ as fuzzing
from fuzzing.case import Case, End
from fuzzing.configurations import CONFIGURATIONS
from fuzzing.corpus import make_corpus
from fuzzing.worker import inspect_guest
from fuzzing.worker_process import Worker
from tests import base

SEED = 1
DISKS = ("ext4-1k", "xfs", "btrfs-mixed", "gpt-vfat", "lvm", "qcow2-packed", "vmdk-stream", "vdi", "vhdx")
EACH = 12


class TestDamagedGuests(base.BaseTestCase):
    """A short run of ``python -m fuzzing``; a failure names the case, which can be repeated."""

    folder: ClassVar[Path]

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.folder = Path(tempfile.mkdtemp())
        cls.addClassCleanup(shutil.rmtree, cls.folder)

    def setUp(self) -> None:
        super().setUp()
        self.useFixture(fixtures.Timeout(300, gentle=True))

    def assert_all_end_well(self, names: list[tuple[str, str]]) -> None:
        cases = islice(fuzzing.list_cases(names, SEED), EACH * len(names))

        with Worker() as worker:
            ends = {str(case): outcome for case in cases if (outcome := worker.outcome(case)).end is not End.INSPECTED}

        self.assertEqual({}, ends)

    def test_damaged_disks_have_facts_or_are_unknown(self) -> None:
        disks = [disk for name in DISKS for disk in make_corpus(self.folder, only=name).specimens if disk.name == name]
        if not disks:
            self.skipTest("no tool that makes a file system is installed")

        self.assert_all_end_well([(disk.name, str(disk.path)) for disk in disks])

    def test_damaged_configuration_has_facts_or_is_unknown(self) -> None:
        self.assert_all_end_well([(name, "") for name in CONFIGURATIONS])

    def test_the_same_case_has_the_same_damage(self) -> None:
        case = Case("netplan", "", SEED, 3)

        with Worker() as worker:
            first, second = worker.outcome(case), worker.outcome(case)

        self.assertEqual(first.details, second.details)
        self.assertNotEqual("", first.details)

    @mock.patch("fuzzing.worker._log_damage")  # it needs a file as standard error
    def test_an_unexpected_exception_in_a_fact_is_a_failure(self, _: mock.Mock) -> None:
        for error, end in ((KeyError, End.CAUGHT), (MemoryError, End.MEMORY)):
            with (
                self.subTest(error=error),
                mock.patch("guestinspect.guest.distribution.find_distro", side_effect=error),
            ):
                outcome = inspect_guest(Case("netplan", "", SEED, 3), random.Random(SEED))

                self.assertEqual(end, outcome.end, outcome.details)
