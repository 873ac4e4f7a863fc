"""Standard input shows the same facts as a file, whatever the size of the chunks."""

from __future__ import annotations

import struct

from guestinspect.formats.file_ends import HEAD_BYTES
from tests import disks
from tests.unit.guestinspect.formats.disk_case import DiskTest

CLUSTER = disks.CLUSTER_BYTES


class TestStream(DiskTest):
    def test_the_size_of_the_chunks_does_not_matter(self) -> None:
        disks.qcow2(self.path)
        self.truncate_to(-1)

        for chunk_bytes in (511, 4096, CLUSTER + 1, 10**9):
            with self.subTest(chunk_bytes=chunk_bytes):
                self.assertEqual(self.read_file().damage().value, self.read_stream(chunk_bytes).damage().value)

    def test_a_footer_in_two_chunks_is_found(self) -> None:
        disks.fixed_vhd(self.path)

        self.assertEqual("vhd", self.read_stream(disks.GUEST_BYTES + 100).disk_format().value)

    def test_tables_behind_the_head_are_read(self) -> None:
        self._move_tables(behind=HEAD_BYTES + 5 * CLUSTER, l2_behind_l1=CLUSTER)
        self.assert_whole()

        self.truncate_to(-1)
        self.assert_damaged("points to an L2 table that reaches")

    def test_tables_that_were_passed_leave_damage_unknown(self) -> None:
        self._move_tables(behind=HEAD_BYTES + 5 * CLUSTER, l2_behind_l1=-CLUSTER)

        self.assertEqual((), self.read_file().damage().value)
        self.assert_unknown(self.read_stream(4096).damage, "standard input can be read only once")

    def test_passed_tables_do_not_matter_if_no_cluster_behind_the_end_is_in_use(self) -> None:
        self._move_tables(behind=HEAD_BYTES + 5 * CLUSTER, l2_behind_l1=-CLUSTER)
        with self.path.open("r+b") as file:
            file.seek(2 * CLUSTER)
            file.write((struct.pack(">H", 1) * 70).ljust(1000, b"\0"))  # clusters in use: the file has 71

        self.assertEqual((), self.read_stream(4096).damage().value)

    def _move_tables(self, *, behind: int, l2_behind_l1: int) -> None:
        """Write a qcow2 whose L1 table is behind a byte, as in an image that was enlarged."""
        l2_at = behind + l2_behind_l1
        disks.qcow2_with_header(self.path, disks.qcow2_header(l1_at=behind))
        with self.path.open("r+b") as file:
            file.seek(2 * CLUSTER)
            file.write(struct.pack(">H", 1) * 500)
            file.seek(behind)
            file.write(struct.pack(">Q", l2_at).ljust(CLUSTER, b"\0"))
            file.seek(l2_at)
            file.write(struct.pack(">Q", 5 * CLUSTER).ljust(CLUSTER, b"\0"))
            file.truncate(behind + 2 * CLUSTER)
