from __future__ import annotations

import errno
import hashlib
import io
import os
import tempfile
from pathlib import Path
from unittest import mock

from tests import base
from vscclient import errors
from vscclient.images.data.source import FileSource, opened_source
from vscclient.images.data.stream_source import StreamSource


class TestOpened(base.BaseTestCase):
    def test_a_file_of_another_user_is_reported(self) -> None:
        denied = PermissionError(errno.EACCES, "Permission denied")
        with mock.patch("vscclient.images.data.source.open", side_effect=denied, create=True):
            refused = self.assertRaises(errors.UnusableFile, opened_source("rna.qcow2", None).__enter__)

        self.assertEqual("rna.qcow2: you do not have permission to read it", str(refused))


class TestFileSource(base.BaseTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.file = Path(tempfile.mkdtemp()) / "disk"
        self.file.write_bytes(os.urandom(100_000))
        opened_file = self.file.open("rb")
        self.addCleanup(opened_file.close)
        self.source = FileSource("disk", opened_file)

    def test_notices_that_it_was_written_to(self) -> None:
        self.assertFalse(self.source.has_changed())

        with self.file.open("ab") as file:
            file.write(b"more")

        self.assertTrue(self.source.has_changed())

    def test_a_change_is_noticed_although_its_time_was_set_back(self) -> None:
        self.assertIsNone(self.source.reopened_if_touched())
        before = self.file.stat()

        self.file.write_bytes(bytes(100_000))
        os.utime(self.file, ns=(before.st_atime_ns, before.st_mtime_ns))

        self.assertFalse(self.source.has_changed())
        touched = self.source.reopened_if_touched()
        assert touched
        self.assertEqual(hashlib.sha512(bytes(100_000)).hexdigest(), touched.digest("sha512", lambda count: None))
        self.assertIsNone(touched.reopened_if_touched())

    def test_can_be_sent_after_it_was_looked_at(self) -> None:
        self.source.disk().damage()

        body = self.source.body(lambda count: None)

        self.assertEqual(self.file.read_bytes(), body.read(200_000))

    def test_a_file_can_be_hashed_with_any_algorithm_and_shows_its_progress(self) -> None:
        passed: list[int] = []

        digest = self.source.digest("sha256", passed.append)

        self.assertEqual(hashlib.sha256(self.file.read_bytes()).hexdigest(), digest)
        self.assertEqual(100_000, sum(passed))


class TestStreamSource(base.BaseTestCase):
    def test_a_short_one_is_known_before_it_is_sent(self) -> None:
        source = StreamSource("standard input", io.BufferedReader(io.BytesIO(b"")), None)

        self.assertEqual(("it is empty",), source.disk().damage().value)
        self.assertEqual(0, source.size_bytes)
