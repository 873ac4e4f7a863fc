"""A file from which an image is created, in a line."""

from __future__ import annotations

from pathlib import Path

import fixtures

from tests import base, disks
from vscclient.images.data.source import opened_source
from vscclient.images.inspection import local


class TestSummary(base.BaseTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.path = Path(self.useFixture(fixtures.TempDir()).path) / "rna.img"

    def line(self) -> str:
        with opened_source(str(self.path), None) as source:
            return local.summary(source).removeprefix(f"{self.path}: ")

    def test_a_disk_has_a_format_and_a_size(self) -> None:
        disks.qcow2(self.path)

        self.assertRegex(self.line(), r"^qcow2, [0-9.]+ [KMG]iB disk$")

    def test_an_upload_has_the_size_of_the_file(self) -> None:
        self.path.write_bytes(bytes(3 * 1024**2))

        with opened_source(str(self.path), None) as source:
            self.assertTrue(local.upload_summary(source).endswith(": raw, 3 MiB disk, 3 MiB to send"))

    def test_an_archive_is_not_a_disk(self) -> None:
        self.path.write_bytes(b"\x1f\x8b\x08" + bytes(1000))

        self.assertEqual("gzip", self.line())

    def test_a_kernel_a_ramdisk_and_an_appliance_are_not_disks(self) -> None:
        for write, expected in ((disks.kernel, "kernel"), (disks.ramdisk, "ramdisk"), (disks.ova, "OVA")):
            with self.subTest(expected):
                write(self.path)

                self.assertEqual(expected, self.line())

    def test_an_installer_image_is_reported_as_such(self) -> None:
        self.path.write_bytes(bytes(0x8000) + b"\x01CD001\x01" + bytes(4096))

        self.assertRegex(self.line(), r"^iso, .* disk\. Installer image: the system it will install cannot be checked$")
