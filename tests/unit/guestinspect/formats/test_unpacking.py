"""Unpacking compressed files, as a whole and while they are read."""

from __future__ import annotations

import gzip
import io
import os
import tempfile
import zipfile
from collections.abc import Mapping
from typing import BinaryIO, cast

from guestinspect.api import inspect_packed_stream
from guestinspect.formats.unpacking import unpack
from guestinspect.model.disk import Content
from guestinspect.model.fact import NotYet, Unknown
from tests import base, disks

CONTENT = os.urandom(100_000) + bytes(5 * 1024**2) + b"end"


def zip_of(files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a zip with these files."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return file.getvalue()


def encrypted_zip() -> bytes:
    """Return a zip that claims to be encrypted."""
    archive = bytearray(zip_of({"disk": b"x"}))
    for signature, at in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        archive[archive.index(signature) + at] |= 1
    return bytes(archive)


class TestUnpack(base.BaseTestCase):
    def unpacked(self, data: bytes, archive_format: str, *, has_room: bool = True) -> bytes:
        with tempfile.TemporaryFile() as target:
            unpack(io.BytesIO(data), archive_format, cast(BinaryIO, target), lambda _bytes: has_room)
            self.used_bytes = os.fstat(target.fileno()).st_blocks * 512
            target.seek(0)
            return target.read()

    def test_the_content_is_written_with_holes(self) -> None:
        for archive_format, data in (
            ("gzip", gzip.compress(CONTENT)),
            ("gzip", gzip.compress(CONTENT[:9]) + gzip.compress(CONTENT[9:]) + bytes(100)),
            ("zip", zip_of({"disk.raw": CONTENT})),
            ("zip", zip_of({"disk.raw": CONTENT}, zipfile.ZIP_STORED)),
        ):
            with self.subTest(archive_format, length=len(data)):
                self.assertEqual(CONTENT, self.unpacked(data, archive_format))
                self.assertLess(self.used_bytes, 3 * 1024**2)

    def test_zeros_at_the_end_are_kept(self) -> None:
        self.assertEqual(bytes(3 * 1024**2), self.unpacked(gzip.compress(bytes(3 * 1024**2)), "gzip"))

    def test_a_file_that_cannot_be_unpacked_is_unknown(self) -> None:
        for archive_format, data, why in (
            ("gzip", gzip.compress(CONTENT)[:-9], "the gzip file cannot be unpacked: Compressed file ended"),
            ("gzip", gzip.compress(CONTENT)[:9] + b"x" * 99, "the gzip file cannot be unpacked"),
            ("zip", zip_of({"a": b"a", "b": b"b"}), "the zip file contains 2 files"),
            ("zip", zip_of({}), "the zip file contains 0 files"),
            ("zip", encrypted_zip(), "the zip file cannot be unpacked"),
            ("zip", zip_of({"disk": CONTENT})[:-40], "the zip file cannot be unpacked"),
            ("lha", b"", "lha files are not unpacked here"),
        ):
            with self.subTest(why):
                self.assertIn(why, self.assertRaises(Unknown, self.unpacked, data, archive_format).why)

    def test_a_content_without_space_is_unknown(self) -> None:
        unknown = self.assertRaises(Unknown, self.unpacked, gzip.compress(CONTENT), "gzip", has_room=False)

        self.assertEqual("there is not enough space to unpack the gzip file", unknown.why)


class TestPackedStream(base.BaseTestCase):
    def test_a_disk_is_inspected_while_its_compressed_file_is_read(self) -> None:
        disk = disks.with_bytes(1080, b"\x53\xef") + bytes(8 * 1024**2)
        members = gzip.compress(disk[:70_000]) + gzip.compress(disk[70_000:]) + bytes(10)
        for data in (gzip.compress(disk), members):
            with self.subTest(length=len(data)):
                stream = inspect_packed_stream()
                stream.feed(data[:1000])
                for at in range(1000, len(data), 777):
                    stream.feed(data[at : at + 777])
                stream.end()

                self.assertIs(Content.DISK, stream.disk().content().value)
                self.assertEqual(len(disk), stream.disk().virtual_size_bytes().value)
                self.assertEqual((), stream.disk().damage().value)

    def test_the_beginning_shows_the_format_before_the_end(self) -> None:
        stream = inspect_packed_stream()
        stream.feed(gzip.compress(disks.kernel_bytes(size_bytes=5 * 1024**2)))

        self.assertIs(Content.KERNEL, stream.disk().content().value)
        self.assertRaises(NotYet, stream.disk().damage)

    def test_a_stream_that_cannot_be_unpacked_is_unknown(self) -> None:
        for data, why in (
            (gzip.compress(CONTENT)[:-20], "the gzip file cannot be unpacked: it is truncated"),
            (gzip.compress(CONTENT)[:50] + b"x" * 999, "the gzip file cannot be unpacked"),
            (zip_of({"disk": CONTENT}), "zip files are not unpacked while they are read"),
            (b"..-lh5-".ljust(600), "lha files are not unpacked while they are read"),
        ):
            with self.subTest(why):
                stream = inspect_packed_stream()
                stream.feed(data)
                stream.end()

                self.assertIn(why, self.assertRaises(Unknown, stream.disk).why)
                self.assertRaises(Unknown, stream.inspection)
