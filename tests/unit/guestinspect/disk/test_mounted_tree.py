"""The files of a whole guest: several file systems under one root, and links between them."""

from __future__ import annotations

from collections.abc import Iterable

from guestinspect.disk.filesystems.filesystem import FileSystem, Node
from guestinspect.disk.limits import FILE_BYTES, LINKS_FOLLOWED
from guestinspect.disk.mounted_tree import MountedTree
from guestinspect.disk.tree import Status, Type, Unreadable
from tests import base
from tests.trees import MemoryTree


class _FileSystem:
    """A file system in memory: a node is a path, and no link is followed."""

    kind, uuid, label = "ext4", "", ""
    notes: tuple[str, ...] = ()

    def __init__(self, files: dict[str, str], links: dict[str, str] | None = None, damaged: Iterable[str] = ()) -> None:
        self._tree = MemoryTree(files)
        self._links = links or {}
        self._damaged = set(damaged)

    def root(self) -> Node:
        return ""

    def open_subvolume(self, subvolume: str) -> FileSystem | None:
        return None

    def lookup(self, folder: Node, name: str) -> Node | None:
        path = f"{folder}/{name}"
        if str(folder) in self._damaged:
            raise Unreadable("ext4", "a checksum is wrong")
        return path if path in self._links or self._tree.status(path) else None

    def names(self, folder: Node) -> Iterable[str]:
        return self._tree.names(str(folder) or "/")

    def status(self, node: Node) -> Status:
        if node in self._links:
            return Status(Type.LINK)
        status = self._tree.status(str(node) or "/")
        assert status
        return status

    def link(self, node: Node) -> str:
        return self._links[str(node)]

    def read(self, node: Node, offset_bytes: int, length_bytes: int) -> bytes:
        return (self._tree.read(str(node), FILE_BYTES) or b"")[offset_bytes : offset_bytes + length_bytes]


class TestMounted(base.BaseTestCase):
    def test_a_mount_hides_the_files_below_it(self) -> None:
        root = _FileSystem({"/etc/hosts": "root", "/boot/old": "hidden"})

        tree = MountedTree(root, {"/boot": _FileSystem({"/vmlinuz": "kernel"})})

        self.assertEqual((b"root", b"kernel"), (tree.read("/etc/hosts"), tree.read("/boot/vmlinuz")))
        self.assertEqual((("vmlinuz",), None), (tree.names("/boot"), tree.read("/boot/old")))

    def test_a_link_leads_through_the_whole_guest_and_never_outside(self) -> None:
        root = _FileSystem(
            {"/etc/": "", "/usr/lib/os-release": "ID=x"},
            links={"/etc/os-release": "../usr/lib/os-release", "/etc/up": "../../../../boot/vmlinuz"},
        )
        boot = _FileSystem({"/grub/": ""}, links={"/vmlinuz": "/usr/lib/os-release"})

        tree = MountedTree(root, {"/boot": boot})

        self.assertEqual(b"ID=x", tree.read("/etc/os-release"))
        self.assertEqual(b"ID=x", tree.read("/etc/up"))
        self.assertEqual(("/usr/lib/os-release", None), (tree.link("/boot/vmlinuz"), tree.link("/etc")))
        self.assertEqual(b"ID=x", tree.read("/boot/../etc/./os-release"))

    def test_a_link_to_nothing_or_to_itself_does_not_exist(self) -> None:
        chain = {f"/l{number}": f"l{number + 1}" for number in range(LINKS_FOLLOWED + 2)}
        tree = MountedTree(_FileSystem({"/a": "x"}, links={"/gone": "nowhere", "/self": "self", "/f": "a/b"} | chain))

        for path in ("/gone", "/self", "/l0", "/f", "/a/b", "/none", ""):
            with self.subTest(path=path):
                self.assertIsNone(tree.read(path), path)
        self.assertEqual("nowhere", tree.link("/gone"))

    def test_only_the_files_below_an_unreadable_mount_are_unreadable(self) -> None:
        tree = MountedTree(_FileSystem({"/etc/hosts": "root"}), {"/home": Unreadable("partition 3", "it is encrypted")})

        for method in (tree.status, tree.names, tree.read, tree.link):
            with self.subTest(method=method):
                unreadable = self.assertRaises(Unreadable, method, "/home/alice")
                self.assertEqual("/home/alice could not be read: it is encrypted", unreadable.why)
        self.assertEqual(b"root", tree.read("/etc/hosts"))
        self.assertEqual(("etc",), tree.names("/"))

    def test_no_file_below_a_damaged_folder_counts_as_missing(self) -> None:
        tree = MountedTree(_FileSystem({"/etc/hosts": "", "/var/x": ""}, damaged=["/etc"]))

        self.assertRaises(Unreadable, tree.status, "/etc/ssh/sshd_config")
        self.assertIsNone(tree.status("/var/y"))

    def test_a_file_that_exceeds_the_limit_is_not_read(self) -> None:
        tree = MountedTree(_FileSystem({"/big": "x" * 3_000_000}))

        self.assertRaises(Unreadable, tree.read, "/big")
        self.assertEqual(3_000_000, len(tree.read("/big", FILE_BYTES) or b""))
        self.assertEqual((b"xxx", b"x" * 3_000_000), (tree.head("/big", 3), tree.head("/big", 2**40)))

    def test_a_truncated_file_is_unreadable(self) -> None:
        class Short(_FileSystem):
            def read(self, node: Node, offset_bytes: int, length_bytes: int) -> bytes:
                return b""

        self.assertRaises(Unreadable, MountedTree(Short({"/file": "content"})).read, "/file")
