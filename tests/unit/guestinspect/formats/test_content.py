"""The kind of data in a file."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import struct
import tarfile

from guestinspect.formats.content import find_content
from guestinspect.formats.file_ends import HEAD_BYTES
from guestinspect.model.disk import Content
from guestinspect.model.fact import NotYet
from tests import disks
from tests.unit.guestinspect.formats.disk_case import DiskTest


def _partition(kind: int, start: int) -> bytes:
    """Return an entry of an MBR, for a partition of 2 MiB."""
    return struct.pack("<B3xB3xII", 0x80, kind, start, 4096)


class TestContent(DiskTest):
    def assert_content(self, expected: Content, data: bytes) -> None:
        self.path.write_bytes(data)
        for disk in (self.read_file(), self.read_stream()):
            self.assertIs(expected, disk.content().value)

    def test_a_disk_is_recognized(self) -> None:
        partitioned = (disks.raw_with_mbr, disks.raw_with_gpt, disks.luks)
        formats = (disks.qcow2, disks.vdi, disks.vhdx, disks.vmdk_sparse, disks.fixed_vhd, disks.dynamic_vhd)
        for write in (*partitioned, *formats, disks.iso, disks.isohybrid, disks.qed, disks.ploop):
            with self.subTest(write=write):
                write(self.path)

                self.assert_content(Content.DISK, self.path.read_bytes())

    def test_a_file_system_without_a_partition_table_is_a_disk(self) -> None:
        for at, magic in (
            (1080, b"\x53\xef"),
            (0, b"XFSB"),
            (65600, b"_BHRfS_M"),
            (512, b"LABELONE"),
            (3, b"NTFS    "),
        ):
            with self.subTest(magic=magic):
                volume = bytearray(1024**2)
                volume[at : at + len(magic)] = magic

                self.assert_content(Content.DISK, bytes(volume))

    def test_other_data_is_not_recognized(self) -> None:
        for data in (b"text", bytes(1024**2), b"guest data".ljust(5 * 1024**2, b".")):
            with self.subTest(length=len(data)):
                self.assert_content(Content.UNRECOGNIZED, data)

    def test_a_stream_that_may_be_a_fixed_vhd_is_not_known_before_its_end(self) -> None:
        self.path.write_bytes(b"guest data".ljust(2 * HEAD_BYTES, b"."))

        self.assertRaises(NotYet, self.read_stream_head().content)

    def test_a_kernel_is_recognized(self) -> None:
        kernels = {
            "x86": disks.kernel_bytes(),
            "arm64": disks.with_bytes(0x38, b"ARM\x64"),
            "riscv": disks.with_bytes(0x38, b"RSC\x05"),
            "arm": disks.with_bytes(0x24, b"\x18\x28\x6f\x01"),
            "s390x": disks.with_bytes(0x10008, b"S390EP"),
            "zboot": disks.with_bytes(0, b"MZ\0\0zimg"),
            "ELF": disks.with_bytes(0, b"\x7fELF"),
            "U-Boot": disks.with_bytes(0, b"\x27\x05\x19\x56"),
            "unified kernel image": disks.with_bytes(
                0, b"MZ".ljust(60, b"\0") + struct.pack("<I", 128) + bytes(64) + b"PE\0\0"
            ),
        }
        for name, data in kernels.items():
            with self.subTest(name):
                self.assert_content(Content.KERNEL, data)
                for pack in (gzip.compress, lzma.compress, bz2.compress):
                    self.assert_content(Content.KERNEL, pack(data))

    def test_the_fields_of_a_kernel_are_not_a_partition_table(self) -> None:
        # root_flags 1, syssize 0xA1234, vid_mode 0xFFFF: the fourth partition is a FAT12 of 32 MiB from sector 10 on.
        kernel = disks.kernel_bytes(size_bytes=5 * 1024**2)

        self.assertEqual((1, 10, 0xFFFF), struct.unpack_from("<B3xII", kernel, 0x1EE + 4))
        self.assert_content(Content.KERNEL, kernel)

    def test_a_disk_with_the_magic_number_of_a_kernel_is_a_disk(self) -> None:
        for at, data in (
            (446, _partition(0x83, 2048)),
            (446, _partition(0x83, 40)),  # of an old partitioning tool, without a known file system
            (446, _partition(0x05, 40)),  # an extended partition
            (446 + 3 * 16, _partition(0x05, 40)),
            (446 + 3 * 16, _partition(0x01, 2048)),
            (446 + 3 * 16, _partition(0x01, 63)),  # with a file system
            (4096, b"EFI PART"),
            (65600, b"_BHRfS_M"),
            (1024, bytes(56) + b"\x53\xef" + bytes(40)),
        ):
            with self.subTest(at=at):
                disk = bytearray(disks.kernel_bytes(size_bytes=8 * 1024**2, first=b"\xeb"))
                disk[63 * 512 : 63 * 512 + 4] = b"XFSB"
                disk[at : at + len(data)] = data

                self.assert_content(Content.DISK, bytes(disk))

    def test_a_disk_with_the_magic_number_of_an_archive_is_a_disk(self) -> None:
        for magic in (b"070701", b"\x1f\x8b\x08", b"\xfd7zXZ\0", b"PK\3\4"):
            for at, data in (
                (446, _partition(0x83, 2048)),
                (512, b"EFI PART"),
                (65600, b"_BHRfS_M"),
                (512, b"LABELONE"),
            ):
                with self.subTest(magic=magic, data=data):
                    disk = bytearray(disks.with_bytes(510, b"\x55\xaa"))
                    disk[: len(magic)] = magic
                    disk[at : at + len(data)] = data

                    self.assert_content(Content.DISK, bytes(disk))

    def test_compressed_data_with_the_two_bytes_of_an_ext_is_an_archive(self) -> None:
        data = bytearray(gzip.compress(os.urandom(100_000)))
        data[1048:1052], data[1080:1082] = b"\x12\x34\x56\x78", b"\x53\xef"

        self.assert_content(Content.ARCHIVE, bytes(data))

    def test_an_archive_of_a_volume_is_an_archive(self) -> None:
        data = bytearray(disks.tar_bytes("volume"))
        data[1024:1032] = b"LABELONE"

        self.assert_content(Content.ARCHIVE, bytes(data))

    def test_a_ramdisk_is_recognized(self) -> None:
        for data in (b"070701".ljust(512, b"0"), b"070702".ljust(512, b"0"), b"070707".ljust(512, b"0")):
            for pack in (bytes, gzip.compress, lzma.compress, bz2.compress):
                with self.subTest(data=data[:6], pack=pack):
                    self.assert_content(Content.RAMDISK, pack(data))

    def test_a_compressed_disk_is_an_archive(self) -> None:
        disks.qcow2(self.path)
        content = self.path.read_bytes()
        for pack in (gzip.compress, lzma.compress, bz2.compress):
            with self.subTest(pack=pack):
                self.assert_content(Content.ARCHIVE, pack(content))

    def test_a_compressed_file_that_is_damaged_or_unknown_is_an_archive(self) -> None:
        for data in (b"\x1f\x8b\x08" + b"x" * 600, b"\xfd7zXZ\0" + b"x" * 600, b"\x28\xb5\x2f\xfd" + b"x" * 600):
            with self.subTest(data=data[:6]):
                self.assert_content(Content.ARCHIVE, data)

    def test_an_appliance_is_recognized_by_its_descriptor(self) -> None:
        for names, expected in (
            (("rna.ovf", "rna.vmdk"), Content.OVA),
            (("RNA.OVF",), Content.OVA),
            (("a/very/" * 30 + "long.ovf",), Content.OVA),
            (("manifest.json", "layer.tar"), Content.ARCHIVE),
            (("ovf",), Content.ARCHIVE),
        ):
            for age in (tarfile.GNU_FORMAT, tarfile.PAX_FORMAT):
                with self.subTest(names=names, age=age):
                    self.assert_content(expected, disks.tar_bytes(*names, age=age))

    def test_a_folder_with_the_name_of_a_descriptor_is_not_one(self) -> None:
        file = io.BytesIO()
        with tarfile.open(fileobj=file, mode="w") as archive:
            folder = tarfile.TarInfo("rna.ovf")
            folder.type = tarfile.DIRTYPE
            archive.addfile(folder)

        self.assert_content(Content.ARCHIVE, file.getvalue())

    def test_hostile_headers_of_a_tar_are_survived(self) -> None:
        header = bytearray(disks.tar_bytes("rna.ovf"))[:512]
        header[124:136] = b"\xff" * 12  # a negative size
        header[148:156] = b" " * 8
        header[148:156] = b"%06o\0 " % sum(header)

        self.assertIn(find_content(bytes(header), "raw"), (Content.OVA, Content.ARCHIVE))
