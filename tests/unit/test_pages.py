"""The pages for users: the rules, commands, options and fields that they name exist, and their words are plain."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from importlib.metadata import entry_points
from pathlib import Path

import vscclient
from tests import base
from vscclient.images.audit_rows.rows import FINDINGS, IMAGES
from vscclient.images.inspect import Inspected
from vscclient.images.inspection.image_data import Cost
from vscclient.images.list import Access
from vscclient.model.finding import Severity
from vscclient.osc.inspection import columns_of
from vscclient.policy.engine import rules

TOP = Path(vscclient.__file__).parent.parent
PAGES = TOP / "doc/source"

_CODE = re.compile(r"\b[VNDMH]\d{3}\b")
_COMMAND = re.compile(r"openstack(?: -\w)* vsc image ((?:[a-z]+ ?){1,2})")
_LINE = re.compile(r"openstack(?: -\w)* (vsc image [a-z ]+)((?:(?!``|openstack|[|;>#)\n]).)*)")
_OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*")
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
_OLD_WORDS = re.compile(
    r"\b(?:told|mend\w*|judg\w+|meant|filled in|look\w* (?:inside|into)|hangs on|rests? on|seen at|takes? back)\b",
    re.IGNORECASE,
)
"""Words that the glossary replaces."""
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
    machine_type="i440fx",
    nics_at_boot=None,
    nic_hotplug=None,
    unclean_file_systems=None,
    leftovers={},
    unknown={},
    cost=Cost(),
    seconds=0.0,
)


def text_of(page: str) -> str:
    """Return the text of a page for users."""
    return (PAGES / "user" / f"{page}.rst").read_text(encoding="utf-8")


def first_cells(text: str) -> Iterator[str]:
    """Yield the names in the first cells of the tables of a page."""
    for line in text.splitlines():
        if line.startswith("   * - ``"):
            yield from _CELL.findall(line)


def command_lines(text: str, names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield the name and the arguments of each command line in a text.

    Args:
        text: The text of a page.
        names: The names of all commands, such as ``vsc image member list``.
    """
    for words, arguments in _LINE.findall(text):
        fitting = [name for name in names if f"{words} ".startswith(f"{name} ")]
        if fitting:
            yield max(fitting, key=len), _QUOTED.sub("", arguments)


class TestPages(base.BaseTestCase):
    def setUp(self) -> None:
        super().setUp()
        if not PAGES.exists():
            self.skipTest("the documentation is not part of the installation")

    def every_page(self) -> Iterator[tuple[Path, str]]:
        for page in (*sorted((PAGES / "user").glob("*.rst")), *sorted((PAGES / "operator").glob("*.rst"))):
            yield page, page.read_text(encoding="utf-8")
        yield TOP / "README.rst", (TOP / "README.rst").read_text(encoding="utf-8")

    def test_each_rule_on_a_page_exists(self) -> None:
        existing = {rule.code for rule in rules()}

        for page, text in self.every_page():
            with self.subTest(page=page):
                self.assertEqual(set(), set(_CODE.findall(text)) - existing)

    def test_each_command_on_a_page_exists(self) -> None:
        existing = {point.name.removeprefix("vsc_image_") for point in entry_points(group="openstack.vsc.v1")}

        for page, text in self.every_page():
            for words in _COMMAND.findall(text):
                with self.subTest(page=page, command=words):
                    first, *others = words.split()
                    self.assertTrue({first, *(f"{first}_{other}" for other in others)} & existing)

    def test_each_option_on_a_page_exists(self) -> None:
        commands = {point.name: point.load() for point in entry_points(group="openstack.vsc.v1")}
        options = {
            name.replace("_", " "): set(command(None, None).get_parser(name)._option_string_actions)
            for name, command in commands.items()
        }

        for page, text in self.every_page():
            for name, arguments in command_lines(text, options):
                with self.subTest(page=page, command=name):
                    self.assertEqual(set(), set(_OPTION.findall(arguments)) - options[name])

    def test_the_pages_use_plain_words(self) -> None:
        for page, text in self.every_page():
            with self.subTest(page=page):
                self.assertEqual([], _OLD_WORDS.findall(text))

    def test_the_page_about_inspect_names_its_fields(self) -> None:
        section = text_of("inspect").partition("\nFields\n")[2].partition("\nAssumptions about the instance")[0]

        names, values = columns_of(NOTHING_FOUND)

        self.assertEqual(names, list(first_cells(section)))
        evidence = dict(zip(names, values, strict=True))["evidence"].machine_readable()
        self.assertEqual([], [key for key in evidence if f"``{key}``" not in section])

    def test_the_page_about_audit_names_its_columns(self) -> None:
        named = set(first_cells(text_of("audit")))

        self.assertEqual(set(), {*IMAGES.columns, *FINDINGS.columns} - named)

    def test_the_page_about_lists_names_each_access(self) -> None:
        self.assertEqual([], [access for access in Access if f"``{access}``" not in text_of("list")])

    def test_the_page_about_rules_names_each_severity(self) -> None:
        self.assertEqual([], [severity for severity in Severity if f"``{severity}``" not in text_of("policy")])

    def test_the_page_about_cleaning_names_each_hygiene_rule(self) -> None:
        page = text_of("clean")

        self.assertEqual([], [rule.code for rule in rules() if rule.code[0] == "H" and rule.code not in page])
        self.assertIn(".. literalinclude:: clean_guest.sh", page)
