"""The search for leftovers, and guests made to keep it busy or to break it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from guestinspect.disk.tree import Unreadable
from guestinspect.leftovers import homes, search
from guestinspect.leftovers.finder import find_leftovers, with_other_systems
from guestinspect.leftovers.key_descriptions import describe_authorized_keys, describe_private_key
from guestinspect.leftovers.patterns.table import PATTERNS
from guestinspect.leftovers.search import Search
from guestinspect.model.fact import Fact, Unknown
from guestinspect.model.leftover import Kind, Leftover
from tests import base
from tests.trees import MemoryTree

PIECES = (
    " \t\n- a= : . $ \" ' {} # / , 0 password passwd token secret ssh- AAAA PSK chpasswd: list: https:// : @ -----BEGIN"
    " PRIVATE KEY----- OS_PASSWORD export key user rootpw 52: x:y: \nx \n\t \n#"
).split(" ")


class TestPatterns(base.BaseTestCase):
    def test_each_pattern_has_words_and_paths(self) -> None:
        for pattern in PATTERNS:
            with self.subTest(pattern=pattern):
                self.assertTrue(pattern.what and pattern.paths, pattern)
                for path in pattern.paths:
                    self.assertRegex(path, r"\A(/|~/)[^~]+\Z")

    @given(st.lists(st.sampled_from(PIECES), max_size=60))
    def test_any_content_of_keys_is_described(self, pieces: list[str]) -> None:
        head = " ".join(pieces).encode()

        self.assertIsInstance(describe_private_key(head), str)
        self.assertIn("authorized key", describe_authorized_keys(head))


class TestOtherSystems(base.BaseTestCase):
    """A copy of the guest, or a rescue system, on the same disk."""

    def find(self, own: MemoryTree, other: MemoryTree) -> Fact[tuple[Leftover, ...]]:
        kind = Kind.PRIVATE_KEY
        return with_other_systems(lambda: find_leftovers(own, kind), {"partition 2": other}, kind)

    def test_a_key_in_another_system_is_found_with_its_volume(self) -> None:
        key = {"/root/.ssh/id_rsa": "-----BEGIN PRIVATE KEY-----\n"}

        found = self.find(MemoryTree(key), MemoryTree(key)).value

        self.assertEqual(["/root/.ssh/id_rsa", "partition 2:/root/.ssh/id_rsa"], [leftover.path for leftover in found])

    def test_another_system_that_cannot_be_read_is_unknown(self) -> None:
        damaged = MemoryTree({"/root/.ssh/id_rsa": "x"}, unreadable=("/root/.ssh",))

        unknown = self.assertRaises(Unknown, self.find, MemoryTree({}), damaged)

        self.assertIn("/root/.ssh", unknown.why)


class TestSearch(base.BaseTestCase):
    def test_a_pattern_matches_names_in_folders_below(self) -> None:
        tree = MemoryTree({"/a/one.key": "", "/a/b/c/two.key": "", "/a/b/three.pem": "", "/z/four.key": ""})

        self.assertEqual(["/a/one.key", "/a/b/c/two.key"], list(Search(tree).paths("/a/**/*.key")))

    def test_brackets_in_a_pattern_are_literal(self) -> None:
        self.assertEqual([], list(Search(MemoryTree({"/a/xb": ""})).paths("/a/[x]*")))

    def test_links_in_a_circle_are_not_followed(self) -> None:
        tree = MemoryTree({"/a/one.key": ""}, links={"/a/again": "/a"})

        self.assertEqual(["/a/one.key"], list(Search(tree).paths("/a/**/*.key")))

    def test_very_deep_folders_are_unknown(self) -> None:
        deep = MemoryTree({"/a/" + "b/" * 20: ""})

        self.assertRaises(Unreadable, list, Search(deep).paths("/a/**/*.key"))

    def test_too_many_files_are_unknown(self) -> None:
        tree = MemoryTree({f"/root/.ssh/{number}": "x" for number in range(5)})
        self.patched(search, "MOST_NAMES", 4)

        self.assertRaises(Unreadable, find_leftovers, tree, Kind.PRIVATE_KEY)

    def test_a_folder_with_too_many_files_is_listed_once(self) -> None:
        tree = MemoryTree({f"/etc/{number}": "x" for number in range(5)})
        listed: list[str] = []
        self.patched(search, "MOST_NAMES", 4)
        names = tree.names
        tree.names = lambda folder: listed.append(folder) or names(folder)  # type: ignore[method-assign, func-returns-value]  # a spy
        tested = Search(tree)

        for _ in range(3):
            self.assertRaises(Unreadable, tested.names, "/etc")

        self.assertEqual(["/etc"], listed)

    def test_too_many_homes_are_unknown(self) -> None:
        tree = MemoryTree({f"/home/{number}/": "" for number in range(5)})
        self.patched(homes, "MOST_HOMES", 4)

        self.assertRaises(Unreadable, find_leftovers, tree, Kind.HISTORY)

    def test_an_empty_guest_has_no_leftovers(self) -> None:
        for kind in Kind:
            with self.subTest(kind=kind):
                self.assertEqual((), find_leftovers(MemoryTree(), kind).value)

    def patched(self, module: object, name: str, value: int) -> None:
        """Set another limit for one test."""
        self.addCleanup(setattr, module, name, getattr(module, name))
        setattr(module, name, value)

    @given(st.lists(st.sampled_from(["root", "x", "", ":", "0", "/root", "1000", "/home/a", "\n", "é", "$6$a$b"])))
    def test_any_list_of_users_is_read(self, pieces: list[str]) -> None:
        users = ":".join(pieces)

        for kind in (Kind.PASSWORD, Kind.HISTORY):
            find_leftovers(MemoryTree({"/etc/passwd": users, "/etc/shadow": users}), kind)
