"""The files of a disk that a running guest does not see."""

from __future__ import annotations

from guestinspect.disk.overlay import Overlay
from guestinspect.guest.running_tree import RunningTree
from tests import base
from tests.trees import MemoryTree

DISK = MemoryTree({"/run/a": "old", "/tmp/b": "old", "/etc/c": "kept"}, links={"/run/d": "/etc/c"})


class TestRunningTree(base.BaseTestCase):
    def test_files_in_run_on_the_disk_are_hidden(self) -> None:
        tree = RunningTree(DISK)

        self.assertIsNone(tree.read("/run/a"))
        self.assertIsNone(tree.head("/run/a", 3))
        self.assertIsNone(tree.status("/run/a"))
        self.assertIsNone(tree.link("/run/d"))
        self.assertEqual((), tree.names("/run"))
        self.assertEqual((), tree.names("/tmp"))
        self.assertIsNotNone(tree.status("/run"))

    def test_other_files_are_visible(self) -> None:
        tree = RunningTree(DISK)

        self.assertEqual(b"kept", tree.read("/etc/c"))
        self.assertEqual(("c",), tree.names("/etc"))

    def test_files_written_at_boot_are_visible(self) -> None:
        tree = Overlay(RunningTree(DISK), {"/run/new": b"made"})

        self.assertEqual(("new",), tree.names("/run"))
        self.assertEqual(b"made", tree.read("/run/new"))
