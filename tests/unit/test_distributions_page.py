"""The page about distributions and builders: each row names a record of a boot, or a test, that exists."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

from tests import base

TOP = Path(__file__).parents[2]
PAGE = TOP / "doc/source/user/distributions.rst"
RECORDS = (TOP / "guests/truth.json", TOP / "guests/builders/truth.json")

_ROW = re.compile(
    r"^   \* - (?P<guest>.*?)\n     - (?P<known>.*?)\n     - (?P<how>.*?)(?=\n   \* - |\n\n|\Z)", re.M | re.S
)


def rows() -> list[tuple[str, str]]:
    """Return the guests on the page, and how their behavior was found out."""
    found = [(row["guest"], row["how"].strip()) for row in _ROW.finditer(PAGE.read_text(encoding="utf-8"))]
    return [row for row in found if row[1] != "How"]


def names(how: str, kind: str) -> list[str]:
    """Return the names behind «Booted:» or «Source:»."""
    parts = re.split(r"(Booted|Source):", how)
    return [name for word, text in zip(parts[1::2], parts[2::2], strict=True) if word == kind for name in quoted(text)]


def quoted(text: str) -> list[str]:
    """Return the names between double backquotes."""
    return re.findall(r"``([^`]+)``", text)


def is_test(name: str) -> bool:
    """Return True if the dotted name is that of a test."""
    module, class_name, test = name.rsplit(".", 2)
    path = TOP / (module.replace(".", "/") + ".py")
    if not path.exists():
        return False
    classes = [node for node in ast.parse(path.read_text()).body if isinstance(node, ast.ClassDef)]
    tests = [node for each in classes if each.name == class_name for node in each.body]
    return any(isinstance(node, ast.FunctionDef) and node.name == test for node in tests)


class TestDistributionsPage(base.BaseTestCase):
    def setUp(self) -> None:
        super().setUp()
        if not PAGE.exists():
            self.skipTest("the documentation is not part of the installation")

    def test_each_row_says_how_its_guest_was_tried(self) -> None:
        self.assertGreater(len(rows()), 15)
        for guest, how in rows():
            with self.subTest(guest):
                self.assertTrue(names(how, "Booted") or names(how, "Source"))

    def test_each_boot_is_recorded(self) -> None:
        recorded = {name for file in RECORDS for name in json.loads(file.read_text(encoding="utf-8"))}

        for guest, how in rows():
            with self.subTest(guest):
                self.assertEqual(set(), set(names(how, "Booted")) - recorded)

    def test_each_test_exists(self) -> None:
        for guest, how in rows():
            with self.subTest(guest):
                self.assertEqual([], [name for name in names(how, "Source") if not is_test(name)])

    def test_each_builder_that_was_booted_has_a_row(self) -> None:
        booted = {name for _guest, how in rows() for name in names(how, "Booted")}

        self.assertEqual(set(), set(json.loads(RECORDS[1].read_text(encoding="utf-8"))) - booted)
