"""The base of the tests of disk facts: a disk at a path, read as a file and as a stream."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from guestinspect.formats.disk_facts import read_disk
from guestinspect.formats.file_ends import HEAD_BYTES
from guestinspect.formats.stream import Stream
from guestinspect.model.disk import Disk
from guestinspect.model.fact import Unknown
from tests import base


class DiskTest(base.BaseTestCase):
    """A test with one disk at ``self.path``. The file name must not matter, so it names another format."""

    def setUp(self) -> None:
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name) / "disk.iso.gz"

    def read_file(self) -> Disk:
        """Return the facts of the disk, read as a file."""
        file = self.path.open("rb")
        self.addCleanup(file.close)
        return read_disk(file, self.path.stat().st_size)

    def read_bytes_as_file(self, data: bytes) -> Disk:
        """Write these bytes to the disk, and return its facts, read as a file."""
        self.path.write_bytes(data)
        return self.read_file()

    def read_stream(self, chunk_bytes: int = 1000 * 1000) -> Disk:
        """Return the facts of the disk, read from standard input to the end."""
        data = self.path.read_bytes()
        read_stream = Stream(data[:HEAD_BYTES])
        for at in range(0, len(data), chunk_bytes):
            read_stream.feed(data[at : at + chunk_bytes])
        return read_stream.finish()

    def read_stream_head(self) -> Disk:
        """Return the facts that standard input shows before all of it is read."""
        return Stream(self.path.read_bytes()[:HEAD_BYTES]).of_head()

    def truncate_to(self, size_bytes: int) -> None:
        """Keep only the first bytes of the disk; a negative number removes as many from its end."""
        size = self.path.stat().st_size
        os.truncate(self.path, size_bytes if size_bytes >= 0 else size + size_bytes)

    def assert_damaged(self, message: str) -> None:
        """Assert that file and stream are damaged, with this text in the message."""
        for disk in (self.read_file(), self.read_stream()):
            self.assertIn(message, "; ".join(disk.damage().value))

    def assert_whole(self) -> None:
        """Assert that neither file nor stream is damaged."""
        for disk in (self.read_file(), self.read_stream()):
            self.assertEqual((), disk.damage().value)

    def assert_unknown(self, fact: Callable[[], object], message: str) -> None:
        """Assert that a fact is unknown, with this text in the reason."""
        self.assertIn(message, self.assertRaises(Unknown, fact).why)
