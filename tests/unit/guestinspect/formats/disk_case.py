"""What the tests of facts about disks share: a disk on a path, and its facts by file and by stream."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from guestinspect.formats.file import read_disk
from guestinspect.formats.file_ends import HEAD_BYTES
from guestinspect.formats.stream import Stream
from guestinspect.model.disk import Disk
from guestinspect.model.fact import Unknown
from tests import base


class DiskTest(base.BaseTestCase):
    """A test with room for one disk at ``self.path``, whose name says nothing of what it is."""

    def setUp(self) -> None:
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name) / "disk.iso.gz"

    def look(self) -> Disk:
        """The disk as a file."""
        file = self.path.open("rb")
        self.addCleanup(file.close)
        return read_disk(file, self.path.stat().st_size)

    def look_at(self, data: bytes) -> Disk:
        """These bytes as a file."""
        self.path.write_bytes(data)
        return self.look()

    def stream(self, chunk_bytes: int = 1000 * 1000) -> Disk:
        """The disk as standard input shows it, after all of it has been read."""
        data = self.path.read_bytes()
        stream = Stream(data[:HEAD_BYTES])
        for at in range(0, len(data), chunk_bytes):
            stream.feed(data[at : at + chunk_bytes])
        return stream.finish()

    def stream_head(self) -> Disk:
        """The disk as standard input shows it before the rest is read."""
        return Stream(self.path.read_bytes()[:HEAD_BYTES]).of_head()

    def cut_to(self, size_bytes: int) -> None:
        """Loses all but the first bytes of the disk; a negative number loses that many."""
        size = self.path.stat().st_size
        os.truncate(self.path, size_bytes if size_bytes >= 0 else size + size_bytes)

    def assert_damaged(self, says: str) -> None:
        """The file and the stream have a damage with these words."""
        for disk in (self.look(), self.stream()):
            self.assertIn(says, "; ".join(disk.damage().value))

    def assert_whole(self) -> None:
        """Neither the file nor the stream has a damage."""
        for disk in (self.look(), self.stream()):
            self.assertEqual((), disk.damage().value)

    def assert_unknown(self, fact: Callable[[], object], says: str) -> None:
        """A fact cannot be known, and the reason has these words."""
        self.assertIn(says, self.assertRaises(Unknown, fact).why)
