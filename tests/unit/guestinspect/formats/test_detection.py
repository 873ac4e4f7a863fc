"""Which format a file has, whatever its name."""

from __future__ import annotations

import fixtures

from tests import disks
from tests.unit.guestinspect.formats.disk_case import DiskTest


class TestDiskFormat(DiskTest):
    def assert_format(self, name: str, location: str) -> None:
        for disk in (self.look(), self.stream()):
            found = disk.disk_format()
            self.assertEqual((name, location), (found.value, found.location))

    def test_a_raw_disk(self) -> None:
        disks.raw(self.path)

        self.assert_format("raw", "no header of another format")

    def test_partitions_do_not_make_another_format(self) -> None:
        for write in (disks.raw_with_mbr, disks.raw_with_gpt, disks.raw_with_boot_sector):
            with self.subTest(write=write):
                write(self.path)

                self.assert_format("raw", "no header of another format")

    def test_an_encrypted_disk_is_raw(self) -> None:
        disks.luks(self.path)

        self.assert_format("raw", "no header of another format")

    def test_a_qcow2_of_either_version(self) -> None:
        for version in (2, 3):
            with self.subTest(version=version):
                disks.qcow2(self.path, version=version)

                self.assert_format("qcow2", "header at byte 0")

    def test_a_qcow2_of_which_only_the_header_is_left(self) -> None:
        disks.qcow2(self.path)
        self.cut_to(104)

        self.assert_format("qcow2", "header at byte 0")

    def test_a_fixed_vhd_is_not_taken_for_raw(self) -> None:
        disks.fixed_vhd(self.path)

        self.assert_format("vhd", "footer in the last 512 bytes")

    def test_a_fixed_vhd_of_before_2004_has_a_shorter_footer(self) -> None:
        disks.fixed_vhd(self.path)
        self.cut_to(-1)

        self.assert_format("vhd", "footer in the last 512 bytes")

    def test_a_chance_cookie_does_not_make_a_vhd(self) -> None:
        for at in (64, 48, 60):  # checksum, size, kind
            with self.subTest(at=at):
                disks.fixed_vhd(self.path)
                data = bytearray(self.path.read_bytes())
                data[at - 512] ^= 1
                self.path.write_bytes(data)

                self.assert_format("raw", "no header of another format")

    def test_a_vhd_at_the_end_of_a_larger_disk_does_not_make_a_vhd(self) -> None:
        disks.fixed_vhd(self.path)
        self.path.write_bytes(bytes(4096) + self.path.read_bytes())

        self.assert_format("raw", "no header of another format")

    def test_a_dynamic_vhd(self) -> None:
        disks.dynamic_vhd(self.path)

        self.assert_format("vhd", "header at byte 0")

    def test_the_other_formats(self) -> None:
        for write, name in ((disks.vhdx, "vhdx"), (disks.vdi, "vdi"), (disks.vmdk_sparse, "vmdk"), (disks.qed, "qed")):
            with self.subTest(write=write, name=name):
                write(self.path)

                self.assert_format(name, "header at byte 0")

    def test_a_text_that_describes_a_vmdk(self) -> None:
        disks.vmdk_described(self.path)

        self.assert_format("vmdk", "header at byte 0")

    def test_a_description_with_a_word_that_is_not_ascii(self) -> None:
        disks.vmdk_described(self.path)
        self.path.write_bytes("# Größe\n\nversion=1\n".encode() + self.path.read_bytes())

        self.assert_format("vmdk", "header at byte 0")

    def test_the_users_terminal_stays_clean(self) -> None:
        logged = self.useFixture(fixtures.FakeLogger())
        disks.vmdk_sparse(self.path, extents='RW 2048 SPARSE "größe.vmdk"')

        self.assert_format("vmdk", "header at byte 0")

        self.assertEqual("", logged.output)

    def test_a_text_is_no_vmdk(self) -> None:
        self.path.write_bytes(b"#!/bin/sh\n" * 60 + "grüß dich\n".encode() * 60)

        self.assert_format("raw", "no header of another format")

    def test_an_iso(self) -> None:
        disks.iso(self.path)

        self.assert_format("iso", "volume descriptor at byte 32768")

    def test_an_installer_that_boots_from_a_stick_is_an_iso(self) -> None:
        disks.isohybrid(self.path)

        self.assert_format("iso", "volume descriptor at byte 32768")

    def test_of_two_readings_the_one_that_can_name_files_counts(self) -> None:
        disks.isohybrid(self.path)
        iso = self.path.read_bytes()
        disks.qcow2_with_backing_file(self.path)
        self.path.write_bytes(self.path.read_bytes()[:510] + iso[510:])

        self.assert_format("qcow2", "header at byte 0")
        self.assert_damaged("it can be read as iso and as qcow2")

    def test_an_empty_file_has_none(self) -> None:
        self.assert_unknown(self.look_at(b"").disk_format, "it is empty")


class TestHeadOfStandardInput(DiskTest):
    def test_a_header_is_enough(self) -> None:
        disks.qcow2_with_backing_file(self.path)

        head = self.stream_head()

        self.assertEqual("qcow2", head.disk_format().value)
        self.assertEqual(disks.GUEST_BYTES, head.virtual_size_bytes().value)
        self.assertEqual(("backing file '/images/base.qcow2'",), head.references().value)
        self.assertIsNone(head.wrapping().value)

    def test_raw_could_still_be_a_fixed_vhd(self) -> None:
        disks.fixed_vhd(self.path)

        head = self.stream_head()

        self.assertEqual((), head.references().value)
        for fact in (head.disk_format, head.virtual_size_bytes, head.damage):
            with self.subTest(fact=fact):
                self.assert_unknown(fact, "standard input can be checked only when all of it has been read")
