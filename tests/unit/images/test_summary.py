"""A file that is to become an image, in a line."""

from __future__ import annotations

from pathlib import Path

import fixtures

from tests import base, disks
from vscclient.images.data import summary
from vscclient.images.data.source import opened


class TestSummary(base.BaseTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.path = Path(self.useFixture(fixtures.TempDir()).path) / "rna.img"

    def seen(self) -> str:
        with opened(str(self.path), None) as source:
            return summary.seen(source).removeprefix(f"{self.path}: ")

    def test_a_disk_has_a_format_and_a_size(self) -> None:
        disks.qcow2(self.path)

        self.assertRegex(self.seen(), r"^qcow2, [0-9.]+ [KMG]iB disk$")

    def test_what_will_be_sent_has_the_files_size(self) -> None:
        self.path.write_bytes(bytes(3 * 1024**2))

        with opened(str(self.path), None) as source:
            self.assertTrue(summary.to_send(source).endswith(": raw, 3 MiB disk, 3 MiB to send"))

    def test_an_archive_is_no_disk(self) -> None:
        self.path.write_bytes(b"\x1f\x8b\x08" + bytes(1000))

        self.assertEqual("gzip", self.seen())

    def test_of_an_installer_one_line_says_that_its_guest_is_not_judged(self) -> None:
        self.path.write_bytes(bytes(0x8000) + b"\x01CD001\x01" + bytes(4096))

        self.assertRegex(self.seen(), r"^iso, .* disk\. It is an installer: the guest that it makes cannot be judged$")
