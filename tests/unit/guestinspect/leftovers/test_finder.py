"""A guest that is made to keep the search busy, or to break it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from guestinspect.disk.tree import Unreadable
from guestinspect.leftovers import homes, search
from guestinspect.leftovers.finder import find_leftovers
from guestinspect.leftovers.key_descriptions import describe_authorized_keys, describe_private_key
from guestinspect.leftovers.patterns.table import PATTERNS
from guestinspect.leftovers.search import Search
from guestinspect.model.leftover import Kind
from tests import base
from tests.trees import MemoryTree

PIECES = (
    " \t\n- a= : . $ \" ' {} # / , 0 password passwd token secret ssh- AAAA PSK chpasswd: list: https:// : @ -----BEGIN"
    " PRIVATE KEY----- OS_PASSWORD export key user rootpw 52: x:y: \nx \n\t \n#"
).split(" ")


class TestSigns(base.BaseTestCase):
    def test_each_is_of_a_kind_and_has_places(self) -> None:
        for sign in PATTERNS:
            with self.subTest(sign=sign):
                self.assertTrue(sign.what and sign.paths, sign)
                for path in sign.paths:
                    self.assertRegex(path, r"\A(/|~/)[^~]+\Z")

    @given(st.lists(st.sampled_from(PIECES), max_size=60))
    def test_no_content_breaks_the_words_for_it(self, pieces: list[str]) -> None:
        head = " ".join(pieces).encode()

        self.assertIsInstance(describe_private_key(head), str)
        self.assertIn("authorized key", describe_authorized_keys(head))


class TestSearch(base.BaseTestCase):
    def test_a_pattern_finds_names_and_folders_below(self) -> None:
        tree = MemoryTree({"/a/one.key": "", "/a/b/c/two.key": "", "/a/b/three.pem": "", "/z/four.key": ""})

        self.assertEqual(["/a/one.key", "/a/b/c/two.key"], list(Search(tree).paths("/a/**/*.key")))

    def test_brackets_in_a_name_are_no_pattern(self) -> None:
        self.assertEqual([], list(Search(MemoryTree({"/a/xb": ""})).paths("/a/[x]*")))

    def test_folders_that_are_linked_in_a_circle_end(self) -> None:
        tree = MemoryTree({"/a/one.key": ""}, links={"/a/again": "/a"})

        self.assertEqual(["/a/one.key"], list(Search(tree).paths("/a/**/*.key")))

    def test_a_pit_without_a_bottom_is_unknown(self) -> None:
        deep = MemoryTree({"/a/" + "b/" * 20: ""})

        self.assertRaises(Unreadable, list, Search(deep).paths("/a/**/*.key"))

    def test_too_many_files_are_unknown(self) -> None:
        tree = MemoryTree({f"/root/.ssh/{number}": "x" for number in range(5)})
        self.patched(search, "MOST_NAMES", 4)

        self.assertRaises(Unreadable, find_leftovers, tree, Kind.PRIVATE_KEY)

    def test_a_folder_with_too_many_is_listed_once(self) -> None:
        tree = MemoryTree({f"/etc/{number}": "x" for number in range(5)})
        listed: list[str] = []
        self.patched(search, "MOST_NAMES", 4)
        names = tree.names
        tree.names = lambda folder: listed.append(folder) or names(folder)  # type: ignore[method-assign, func-returns-value]
        looked_at = Search(tree)

        for _ in range(3):
            self.assertRaises(Unreadable, looked_at.names, "/etc")

        self.assertEqual(["/etc"], listed)

    def test_too_many_homes_are_unknown(self) -> None:
        tree = MemoryTree({f"/home/{number}/": "" for number in range(5)})
        self.patched(homes, "MOST_HOMES", 4)

        self.assertRaises(Unreadable, find_leftovers, tree, Kind.HISTORY)

    def test_an_empty_guest_holds_nothing(self) -> None:
        for kind in Kind:
            with self.subTest(kind=kind):
                self.assertEqual((), find_leftovers(MemoryTree(), kind).value)

    def patched(self, module: object, name: str, value: int) -> None:
        """Another bound, for the time of a test."""
        self.addCleanup(setattr, module, name, getattr(module, name))
        setattr(module, name, value)

    @given(st.lists(st.sampled_from(["root", "x", "", ":", "0", "/root", "1000", "/home/a", "\n", "é", "$6$a$b"])))
    def test_no_list_of_users_breaks_it(self, pieces: list[str]) -> None:
        users = ":".join(pieces)

        for kind in (Kind.PASSWORD, Kind.HISTORY):
            find_leftovers(MemoryTree({"/etc/passwd": users, "/etc/shadow": users}), kind)
