"""A guest whose files are read once, up to a limit."""

from __future__ import annotations

from guestinspect.disk.tree import Unreadable
from guestinspect.network.tree_cache import CachedTree
from tests import base
from tests.trees import MemoryTree


class TestCachedTree(base.BaseTestCase):
    def test_too_many_files_are_unreadable(self) -> None:
        tree = CachedTree(MemoryTree({"/a": "x"}))

        self.assertRaises(Unreadable, lambda: [tree.status(f"/{number}") for number in range(10_000)])

    def test_too_many_bytes_are_unreadable(self) -> None:
        tree = CachedTree(MemoryTree({f"/{number}": "x" * 900_000 for number in range(9)}))

        self.assertRaises(Unreadable, lambda: [tree.read(f"/{number}") for number in range(9)])

    def test_a_long_list_of_packages_does_not_count(self) -> None:
        tree = CachedTree(MemoryTree({"/var/lib/dpkg/status": "x" * 9_000_000, "/a": "x"}))

        self.assertIsNotNone(tree.read("/var/lib/dpkg/status", 32 * 1024**2))
        self.assertIsNotNone(tree.read("/a"))
