from __future__ import annotations

import subprocess

import fixtures

from guests.booted import accelerator
from tests import base


class TestAccelerator(base.BaseTestCase):
    def setUp(self) -> None:
        super().setUp()
        accelerator.find_accelerator.cache_clear()
        self.addCleanup(accelerator.find_accelerator.cache_clear)
        self.useFixture(fixtures.MockPatch("os.access", return_value=True))
        self.qemu = self.useFixture(fixtures.MockPatch("subprocess.run")).mock

    def test_kvm_is_used_where_a_machine_ends_in_time(self) -> None:
        self.qemu.return_value = subprocess.CompletedProcess([], 33)

        self.assertEqual("kvm", accelerator.find_accelerator())

    def test_kvm_whose_machines_hang_is_not_used(self) -> None:
        self.qemu.side_effect = subprocess.TimeoutExpired("qemu", 3)

        self.assertEqual("tcg,thread=multi", accelerator.find_accelerator())

    def test_kvm_that_qemu_refuses_is_not_used(self) -> None:
        self.qemu.return_value = subprocess.CompletedProcess([], 1)

        self.assertEqual("tcg,thread=multi", accelerator.find_accelerator())

    def test_the_machine_is_started_once(self) -> None:
        self.qemu.return_value = subprocess.CompletedProcess([], 33)

        accelerator.find_accelerator()
        accelerator.find_accelerator()

        self.qemu.assert_called_once()
