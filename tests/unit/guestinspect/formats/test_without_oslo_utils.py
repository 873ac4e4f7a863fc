"""A disk where oslo.utils, which detects formats, is not installed."""

from __future__ import annotations

import sys
from unittest import mock

from guestinspect.formats import disk_facts
from tests.unit.guestinspect.formats.disk_case import DiskTest


class TestWithoutOsloUtils(DiskTest):
    def setUp(self) -> None:
        super().setUp()
        disk_facts._inspectors.cache_clear()
        self.addCleanup(disk_facts._inspectors.cache_clear)
        self.enterContext(mock.patch.dict(sys.modules, {"oslo_utils.imageutils": None}))

    def test_facts_that_need_the_format_are_unknown_for_that_reason(self) -> None:
        disk = self.read_bytes_as_file(b"QFI\xfb" + bytes(65536))

        for fact in (disk.disk_format, disk.virtual_size_bytes, disk.archive_format, disk.references, disk.damage):
            with self.subTest(fact=fact):
                self.assert_unknown(fact, message="oslo.utils, which detects the format of a disk, is not installed")

    def test_an_empty_file_is_still_reported(self) -> None:
        self.assertEqual(("it is empty",), self.read_bytes_as_file(b"").damage().value)
