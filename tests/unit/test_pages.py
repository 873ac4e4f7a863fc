"""The pages for users: what they name is there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.metadata import entry_points
from pathlib import Path

import vscclient
from tests import base
from vscclient.images.audit_rows.rows import FINDINGS, IMAGES
from vscclient.images.inspect import Inspected
from vscclient.images.inspection.image_data import Cost
from vscclient.osc.inspection import columns_of
from vscclient.policy.registry import rules

TOP = Path(vscclient.__file__).parent.parent
PAGES = TOP / "doc/source"

_CODE = re.compile(r"\b[VNDMH]\d{3}\b")
_COMMAND = re.compile(r"openstack(?: -\w)* vsc image ((?:[a-z]+ ?){1,2})")
_CELL = re.compile(r"``([^`]+)``")

NOTHING_FOUND = Inspected(
    disk_format=None,
    virtual_size_bytes=None,
    os_distro=None,
    os_version=None,
    architecture=None,
    boot=None,
    cloud_init=None,
    network_stacks=None,
    nics_at_boot=None,
    nic_hotplug=None,
    unclean_file_systems=None,
    leftovers={},
    unknown={},
    cost=Cost(),
    seconds=0.0,
)


def text_of(page: str) -> str:
    """What stands on a page for users."""
    return (PAGES / "user" / f"{page}.rst").read_text(encoding="utf-8")


def first_cells(text: str) -> Iterator[str]:
    """The names in the first cells of the tables of a page."""
    for line in text.splitlines():
        if line.startswith("   * - ``"):
            yield from _CELL.findall(line)


class TestPages(base.BaseTestCase):
    def setUp(self) -> None:
        super().setUp()
        if not PAGES.exists():
            self.skipTest("the documentation is not beside the package")

    def every_page(self) -> Iterator[tuple[Path, str]]:
        for page in (*sorted((PAGES / "user").glob("*.rst")), *sorted((PAGES / "operator").glob("*.rst"))):
            yield page, page.read_text(encoding="utf-8")
        yield TOP / "README.rst", (TOP / "README.rst").read_text(encoding="utf-8")

    def test_each_rule_that_is_named_is_there(self) -> None:
        there = {rule.code for rule in rules()}

        for page, text in self.every_page():
            with self.subTest(page=page, text=text):
                self.assertEqual(set(), set(_CODE.findall(text)) - there, str(page))

    def test_each_command_that_is_named_is_there(self) -> None:
        there = {point.name.removeprefix("vsc_image_") for point in entry_points(group="openstack.vsc.v1")}

        for page, text in self.every_page():
            with self.subTest(page=page, text=text):
                for words in _COMMAND.findall(text):
                    first, *others = words.split()
                    self.assertTrue({first, *(f"{first}_{other}" for other in others)} & there, f"{page}: {words}")

    def test_inspect_shows_what_its_page_names(self) -> None:
        section = text_of("inspect").partition("\nFields\n")[2].partition("\nAssumptions about the instance")[0]

        names, _ = columns_of(NOTHING_FOUND)

        self.assertEqual(names, list(first_cells(section)))

    def test_audit_shows_what_its_page_names(self) -> None:
        named = set(first_cells(text_of("audit")))

        self.assertEqual(set(), {*IMAGES.columns, *FINDINGS.columns} - named)

    def test_the_page_for_cleaning_names_each_rule_about_what_is_left(self) -> None:
        page = text_of("clean")

        self.assertEqual([], [rule.code for rule in rules() if rule.code[0] == "H" and rule.code not in page])
        self.assertIn(".. last-act::", page)
