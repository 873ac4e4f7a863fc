"""Compressed files and archives that contain a disk."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zipfile

from guestinspect.formats.archives import find_archive_kind
from tests import disks
from tests.unit.guestinspect.formats.disk_case import DiskTest


class TestWrapping(DiskTest):
    def assert_wrapping(self, kind: str | None, data: bytes) -> None:
        self.path.write_bytes(data)
        for disk in (self.read_file(), self.read_stream(), self.read_stream_head()):
            self.assertEqual(kind, disk.archive_format().value)

    def test_a_compressed_file_is_recognized(self) -> None:
        for kind, data in (
            ("gzip", gzip.compress(b"disk")),
            ("xz", lzma.compress(b"disk")),
            ("bzip2", bz2.compress(b"disk")),
        ):
            with self.subTest(kind=kind, data=data):
                self.assert_wrapping(kind, data)

    def test_formats_that_python_cannot_write_are_recognized(self) -> None:
        for kind, start in (
            ("zstd", b"\x28\xb5\x2f\xfd"),
            ("lz4", b"\x04\x22\x4d\x18"),
            ("7z", b"7z\xbc\xaf\x27\x1c"),
            ("rar", b"Rar!\x1a\x07"),
        ):
            with self.subTest(kind=kind, start=start):
                self.assert_wrapping(kind, start.ljust(1000, b"x"))

    def test_a_zstd_that_begins_with_a_skippable_frame_is_recognized(self) -> None:
        self.assert_wrapping("zstd", struct.pack("<II4s", 0x184D2A50, 4, b"more") + b"\x28\xb5\x2f\xfd" + bytes(500))

    def test_a_zip_is_recognized(self) -> None:
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("disk.raw", b"disk")

        self.assert_wrapping("zip", file.getvalue())

    def test_a_tar_of_any_age_is_recognized(self) -> None:
        for age in (tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT):
            with self.subTest(age=age):
                file = io.BytesIO()
                with tarfile.open(fileobj=file, mode="w", format=age) as archive:
                    archive.addfile(tarfile.TarInfo("appliance.ovf"))

                self.assert_wrapping("tar", file.getvalue())

    def test_a_tar_from_before_posix_is_recognized(self) -> None:
        header = bytearray(b"disk.raw".ljust(148, b"\0") + b" " * 8 + bytes(356))
        header[148:156] = b"%06o\0 " % sum(header)

        self.assert_wrapping("tar", bytes(header) + bytes(512))

    def test_a_disk_is_not_an_archive(self) -> None:
        writers = (
            disks.raw,
            disks.raw_with_mbr,
            disks.raw_with_gpt,
            disks.raw_with_boot_sector,
            disks.luks,
            disks.qcow2,
        )
        more = (disks.fixed_vhd, disks.dynamic_vhd, disks.vhdx, disks.vdi, disks.vmdk_sparse, disks.vmdk_described)
        for write in (*writers, *more, disks.iso, disks.isohybrid, disks.qed):
            with self.subTest(write=write):
                write(self.path)

                self.assert_wrapping(None, self.path.read_bytes())

    def test_zeros_and_an_empty_file_are_not_archives(self) -> None:
        for data in (b"", b"\0", bytes(1000), b"BZh9 without a block header".ljust(600)):
            with self.subTest(data=data):
                self.assertIsNone(find_archive_kind(data))
