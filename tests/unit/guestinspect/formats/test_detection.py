"""The detection of the format, whatever the file name."""

from __future__ import annotations

import fixtures

from tests import disks
from tests.unit.guestinspect.formats.disk_case import DiskTest


class TestDiskFormat(DiskTest):
    def assert_format(self, name: str, location: str) -> None:
        for disk in (self.read_file(), self.read_stream()):
            disk_format = disk.disk_format()
            self.assertEqual((name, location), (disk_format.value, disk_format.location))

    def test_a_disk_without_a_header_is_raw(self) -> None:
        disks.raw(self.path)

        self.assert_format("raw", "no header of another format")

    def test_a_partitioned_disk_is_raw(self) -> None:
        for write in (disks.raw_with_mbr, disks.raw_with_gpt, disks.raw_with_boot_sector):
            with self.subTest(write=write):
                write(self.path)

                self.assert_format("raw", "no header of another format")

    def test_an_encrypted_disk_is_raw(self) -> None:
        disks.luks(self.path)

        self.assert_format("raw", "no header of another format")

    def test_a_qcow2_of_either_version_is_detected(self) -> None:
        for version in (2, 3):
            with self.subTest(version=version):
                disks.qcow2(self.path, version=version)

                self.assert_format("qcow2", "header at byte 0")

    def test_a_qcow2_is_detected_by_its_header_alone(self) -> None:
        disks.qcow2(self.path)
        self.truncate_to(104)

        self.assert_format("qcow2", "header at byte 0")

    def test_a_fixed_vhd_is_not_raw(self) -> None:
        disks.fixed_vhd(self.path)

        self.assert_format("vhd", "footer in the last 512 bytes")

    def test_a_fixed_vhd_from_before_2004_with_its_shorter_footer_is_detected(self) -> None:
        disks.fixed_vhd(self.path)
        self.truncate_to(-1)

        self.assert_format("vhd", "footer in the last 512 bytes")

    def test_a_footer_with_a_wrong_checksum_is_not_a_vhd(self) -> None:
        for at in (64, 48, 60):  # checksum, size, kind
            with self.subTest(at=at):
                disks.fixed_vhd(self.path)
                data = bytearray(self.path.read_bytes())
                data[at - 512] ^= 1
                self.path.write_bytes(data)

                self.assert_format("raw", "no header of another format")

    def test_a_larger_disk_that_ends_with_a_vhd_is_not_a_vhd(self) -> None:
        disks.fixed_vhd(self.path)
        self.path.write_bytes(bytes(4096) + self.path.read_bytes())

        self.assert_format("raw", "no header of another format")

    def test_a_dynamic_vhd_is_detected(self) -> None:
        disks.dynamic_vhd(self.path)

        self.assert_format("vhd", "header at byte 0")

    def test_every_other_format_is_detected(self) -> None:
        for write, name in ((disks.vhdx, "vhdx"), (disks.vdi, "vdi"), (disks.vmdk_sparse, "vmdk"), (disks.qed, "qed")):
            with self.subTest(write=write, name=name):
                write(self.path)

                self.assert_format(name, "header at byte 0")

    def test_a_vmdk_descriptor_is_detected(self) -> None:
        disks.vmdk_described(self.path)

        self.assert_format("vmdk", "header at byte 0")

    def test_a_vmdk_descriptor_that_is_not_ascii_is_detected(self) -> None:
        disks.vmdk_described(self.path)
        self.path.write_bytes("# Größe\n\nversion=1\n".encode() + self.path.read_bytes())

        self.assert_format("vmdk", "header at byte 0")

    def test_detection_logs_nothing(self) -> None:
        logged = self.useFixture(fixtures.FakeLogger())
        disks.vmdk_sparse(self.path, extents='RW 2048 SPARSE "größe.vmdk"')

        self.assert_format("vmdk", "header at byte 0")

        self.assertEqual("", logged.output)

    def test_another_text_is_not_a_vmdk(self) -> None:
        self.path.write_bytes(b"#!/bin/sh\n" * 60 + "grüß dich\n".encode() * 60)

        self.assert_format("raw", "no header of another format")

    def test_an_iso_is_detected(self) -> None:
        disks.iso(self.path)

        self.assert_format("iso", "volume descriptor at byte 32768")

    def test_a_hybrid_installer_is_an_iso(self) -> None:
        disks.isohybrid(self.path)

        self.assert_format("iso", "volume descriptor at byte 32768")

    def test_of_two_formats_the_one_that_can_name_files_counts(self) -> None:
        disks.isohybrid(self.path)
        iso = self.path.read_bytes()
        disks.qcow2_with_backing_file(self.path)
        self.path.write_bytes(self.path.read_bytes()[:510] + iso[510:])

        self.assert_format("qcow2", "header at byte 0")
        self.assert_damaged("it can be read as iso and as qcow2")

    def test_an_empty_file_has_no_format(self) -> None:
        self.assert_unknown(self.read_bytes_as_file(b"").disk_format, "it is empty")


class TestHeadOfStandardInput(DiskTest):
    def test_the_head_shows_format_size_and_references(self) -> None:
        disks.qcow2_with_backing_file(self.path)

        head = self.read_stream_head()

        self.assertEqual("qcow2", head.disk_format().value)
        self.assertEqual(disks.GUEST_BYTES, head.virtual_size_bytes().value)
        self.assertEqual(("backing file '/images/base.qcow2'",), head.references().value)
        self.assertIsNone(head.archive_format().value)

    def test_the_head_of_a_raw_disk_leaves_the_format_open(self) -> None:
        disks.fixed_vhd(self.path)

        head = self.read_stream_head()

        self.assertEqual((), head.references().value)
        for fact in (head.disk_format, head.virtual_size_bytes, head.damage):
            with self.subTest(fact=fact):
                self.assert_unknown(fact, "standard input can be checked only when all of it has been read")
