"""The length of the head that is read of a disk."""

from __future__ import annotations

import os

from guestinspect.formats.file_ends import HEAD_BYTES, LazyFileEnds
from tests import disks
from tests.unit.guestinspect.formats.disk_case import DiskTest

SIZE_BYTES = 2 * HEAD_BYTES


class TestHead(DiskTest):
    def head_bytes(self) -> int:
        """Return the length of the head that is read of the disk."""
        with self.path.open("rb") as file:
            return len(LazyFileEnds(file, self.path.stat().st_size).head)

    def test_only_the_first_cluster_of_a_qcow2_is_read(self) -> None:
        disks.qcow2(self.path)
        os.truncate(self.path, SIZE_BYTES)

        self.assertEqual(disks.CLUSTER_BYTES, self.head_bytes())

    def test_the_whole_head_of_a_qcow2_with_larger_clusters_is_read(self) -> None:
        self.path.write_bytes(b"QFI\xfb" + bytes(16) + (17).to_bytes(4, "big"))
        os.truncate(self.path, SIZE_BYTES)

        self.assertEqual(HEAD_BYTES, self.head_bytes())

    def test_only_64_kib_of_a_raw_disk_with_a_boot_sector_are_read(self) -> None:
        for code in (b"\0", b"\xeb\x63"):  # a protective MBR, GRUB
            with self.subTest(code=code):
                self.path.write_bytes(code.ljust(510, b"\0") + b"\x55\xaa")
                os.truncate(self.path, SIZE_BYTES)

                self.assertEqual(64 * 1024, self.head_bytes())

    def test_the_whole_head_of_an_ambiguous_disk_is_read(self) -> None:
        self.path.write_bytes((b"QFI\xfb" + bytes(16) + (21).to_bytes(4, "big")).ljust(510, b"\0") + b"\x55\xaa")
        os.truncate(self.path, SIZE_BYTES)

        self.assertEqual(HEAD_BYTES, self.head_bytes())

    def test_the_whole_head_of_any_other_disk_is_read(self) -> None:
        disks.vhdx(self.path)
        os.truncate(self.path, SIZE_BYTES)

        self.assertEqual(HEAD_BYTES, self.head_bytes())

    def test_all_of_a_short_file_is_read(self) -> None:
        disks.qcow2(self.path)

        self.assertEqual(self.path.stat().st_size, self.head_bytes())
