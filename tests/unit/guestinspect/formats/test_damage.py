"""The damage of disks that are written by hand; ``test_qemu_disks`` has those that QEMU writes."""

from __future__ import annotations

import struct

from tests import disks
from tests.unit.guestinspect.formats.disk_case import DiskTest

CLUSTER = disks.CLUSTER_BYTES


class TestWhole(DiskTest):
    def test_an_intact_disk_is_whole(self) -> None:
        writers = (disks.raw, disks.raw_with_mbr, disks.raw_with_gpt, disks.luks, disks.qcow2, disks.fixed_vhd)
        more = (disks.dynamic_vhd, disks.vhdx, disks.vdi, disks.vmdk_sparse, disks.vmdk_described)
        for write in (*writers, *more, disks.iso, disks.isohybrid, disks.qed):
            with self.subTest(write=write):
                write(self.path)

                self.assert_whole()

    def test_an_empty_file_is_damaged(self) -> None:
        self.path.write_bytes(b"")

        self.assert_damaged("it is empty")


class TestQcow2(DiskTest):
    def assert_header_damaged(self, header: bytes, message: str) -> None:
        disks.qcow2_with_header(self.path, header)

        self.assert_damaged(message)

    def test_the_message_about_a_truncation_names_the_table_and_both_bytes(self) -> None:
        disks.truncated_qcow2(self.path)

        self.assert_damaged(
            "it is truncated: its L2 table at byte 262144 points to data that reaches up to byte 458752, "
            "the file ends at byte 425984"
        )

    def test_every_truncation_is_detected(self) -> None:
        for left in (4, 71, 103, 104, 512, CLUSTER, 3 * CLUSTER + 7, 4 * CLUSTER, 5 * CLUSTER, 6 * CLUSTER, -1):
            with self.subTest(left=left):
                disks.qcow2(self.path)
                self.truncate_to(left)

                self.assert_damaged("it is truncated")

    def test_the_invisible_end_of_the_last_cluster_may_be_missing(self) -> None:
        disks.qcow2(self.path, virtual_size_bytes=CLUSTER + 512)
        self.truncate_to(6 * CLUSTER + 512)
        self.assert_whole()

        self.truncate_to(-1)
        self.assert_damaged("it is truncated")

    def test_the_last_sector_of_a_compressed_cluster_may_reach_past_the_end(self) -> None:
        disks.qcow2(self.path)
        compressed = 1 << 62 | 2 << 54 | (6 * CLUSTER + 100)  # three sectors: up to 1536 bytes behind 6 clusters
        self._put(4 * CLUSTER + 8, struct.pack(">Q", compressed))

        self.truncate_to(6 * CLUSTER + 1025)
        self.assert_whole()

        self.truncate_to(-1)
        self.assert_damaged("it is truncated")

    def test_a_cluster_that_reads_as_zeros_may_be_missing(self) -> None:
        disks.qcow2(self.path)
        self._put(4 * CLUSTER + 8, struct.pack(">Q", 9 * CLUSTER | 1))

        self.assert_whole()

    def test_subclusters_that_were_never_written_may_be_missing(self) -> None:
        disks.qcow2(self.path, features=1 << 4)
        first_two, last_but_one = 0b11, 1 << 30
        entries = ((5 * CLUSTER, first_two), (6 * CLUSTER, last_but_one))
        self._put(4 * CLUSTER, b"".join(struct.pack(">QQ", at, bitmap) for at, bitmap in entries))
        self.truncate_to(7 * CLUSTER - CLUSTER // 32)
        self.assert_whole()

        self.truncate_to(-1)
        self.assert_damaged("it is truncated")

    def test_clusters_in_a_data_file_are_not_required(self) -> None:
        disks.qcow2(self.path, features=1 << 2)
        self.truncate_to(5 * CLUSTER)

        self.assert_whole()

    def test_features_that_qemu_knows_are_not_damage(self) -> None:
        disks.qcow2(self.path, features=1 << 0 | 1 << 3)

        self.assert_whole()

    def test_a_file_that_qemu_would_not_open_is_damaged(self) -> None:
        self.assert_header_damaged(disks.qcow2_header(features=1 << 1), "it is marked as corrupt")
        self.assert_header_damaged(disks.qcow2_header(features=1 << 9), "its header requires unknown features (0x200)")
        self.assert_header_damaged(disks.qcow2_header(version=1), "its header declares version 1")
        self.assert_header_damaged(disks.qcow2_header(cluster_bits=40), "its header declares clusters of 2^40 bytes")
        self.assert_header_damaged(disks.qcow2_header(l1_entries=0), "its L1 table of 0 entries is too small")
        self.assert_header_damaged(disks.qcow2_header(l1_entries=2**32 - 1), "exceeds QEMU's limit")
        self.assert_header_damaged(disks.qcow2_header(snapshots=2**32 - 1), "its header declares 4294967295 snapshots")

    def test_an_l1_table_behind_the_end_is_damage(self) -> None:
        self.assert_header_damaged(disks.qcow2_header(l1_at=2**63), "its L1 table at byte 9223372036854775808 reaches")

    def _put(self, at: int, data: bytes) -> None:
        with self.path.open("r+b") as file:
            file.seek(at)
            file.write(data)


class TestOthers(DiskTest):
    def test_a_truncated_file_is_damaged(self) -> None:
        for write in (disks.vdi, disks.vhdx, disks.dynamic_vhd):
            with self.subTest(write=write):
                for left in (-2, 20000, 1000):
                    write(self.path)
                    self.truncate_to(left)

                    self.assert_damaged("it is truncated")

    def test_a_vmdk_without_its_last_grain_is_damaged(self) -> None:
        disks.vmdk_sparse(self.path)
        self.truncate_to(128 * 512)

        self.assert_damaged("it is truncated: its tables point to a grain that reaches")

    def test_one_part_of_a_vmdk_in_several_files_is_damaged(self) -> None:
        disks.vmdk_sparse(self.path)
        self.path.write_bytes(self.path.read_bytes().replace(b"createType", b"\0         "))

        self.assert_damaged("it is one part of a disk in several files")

    def test_an_iso_that_is_shorter_than_its_volume_is_damaged(self) -> None:
        disks.iso(self.path, blocks=2 * disks.GUEST_BYTES // 2048)

        self.assert_damaged("it is truncated: the volume that its descriptor declares reaches")

    def test_an_iso_may_lack_its_padding(self) -> None:
        disks.iso(self.path, blocks=disks.GUEST_BYTES // 2048 + 150)

        self.assert_whole()

    def test_a_raw_disk_that_ends_before_a_partition_is_damaged(self) -> None:
        for sector_bytes in (512, 4096):
            with self.subTest(sector_bytes=sector_bytes):
                last = 2 * disks.GUEST_BYTES // sector_bytes - 34
                disks.raw_with_gpt(self.path, last_lba=last, sector_bytes=sector_bytes)

                self.assert_damaged("it is truncated: a partition of its GPT reaches")

    def test_a_gpt_with_a_wrong_checksum_is_ignored(self) -> None:
        disks.raw_with_gpt(self.path, last_lba=2**31)
        data = bytearray(self.path.read_bytes())
        data[1024] ^= 1

        self.path.write_bytes(data)

        self.assert_whole()

    def test_a_file_with_two_formats_is_damaged(self) -> None:
        disks.vdi(self.path)
        self.path.write_bytes(self.path.read_bytes()[:510] + b"\x55\xaa" + self.path.read_bytes()[512:])

        self.assert_damaged("it can be read as a partitioned disk and as vdi")
