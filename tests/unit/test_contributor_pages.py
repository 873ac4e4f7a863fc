"""The pages for contributors: the files, classes and environments that they name exist, and their examples work."""

from __future__ import annotations

import builtins
import re
import sys
import unittest
from collections.abc import Iterator, Mapping
from configparser import ConfigParser
from pathlib import Path
from textwrap import dedent
from types import ModuleType
from unittest import mock

from tests import base
from vscclient.policy.engine import rules
from vscclient.policy.rule import Rule

TOP = Path(__file__).parents[2]
PAGES = TOP / "doc/source/contributor"

_ROOTS = (TOP, TOP / "vscclient", TOP / "guestinspect")
"""The folders that a path on a page can be relative to."""
_PATH = re.compile(r"``([\w./-]+(?:\.(?:py|rst|toml|cfg|ini|json|yaml)|/))``")
_CLASS = re.compile(r"``(?:\w+\.)*([A-Z][a-z]\w+)``")
_ENVIRONMENT = re.compile(r"\btox -e (\w+)")
_PYTHON_BLOCK = re.compile(r"^\.\. code-block:: python\n\n((?:   .*\n|\n)+)", re.MULTILINE)

MAKERS_OF_PROJECT_IDS = {
    "vscclient/glance/record.py",
    "vscclient/identity/projects.py",
    "vscclient/images/cloud.py",
    "vscclient/policy/example.py",
}
"""The modules that the page about the code names."""

MADE_BY_THE_READER = {
    ".devcloud/",
    "clouds.yaml",
    "guest.py",
    "guestinspect/network/stacks/netctl.py",
    "logs/",
    "tests/unit/guestinspect/network/stacks/test_netctl.py",
    "tests/unit/policy/test_m410.py",
    "vscclient/policy/metadata/m410_login_user_is_declared.py",
}
"""Files on the pages that a command or a tutorial makes."""


def modules() -> Iterator[tuple[str, str]]:
    """Yield the path and the text of each module of the repository."""
    for folder in ("guestinspect", "vscclient", "tests", "devcloud", "guests", "fuzzing", "benchmarks"):
        for path in sorted((TOP / folder).rglob("*.py")):
            yield str(path.relative_to(TOP)), path.read_text(encoding="utf-8")


def python_blocks(page: str) -> list[str]:
    """Return the Python code of a page, one text for each block."""
    text = (PAGES / f"{page}.rst").read_text(encoding="utf-8")
    return [dedent(block) for block in _PYTHON_BLOCK.findall(text)]


def module_of(name: str, code: str) -> ModuleType:
    """Return a module with this code."""
    module = ModuleType(name)
    exec(compile(code, name, "exec"), module.__dict__)
    return module


class ContributorPagesTest(base.BaseTestCase):
    """A test of the pages, which are not installed."""

    def setUp(self) -> None:
        super().setUp()
        if not PAGES.exists():
            self.skipTest("the documentation is not part of the installation")

    def pages(self) -> Mapping[str, str]:
        """Return the text of each page by its name."""
        paths = (*PAGES.rglob("*.rst"), TOP / "CONTRIBUTING.rst")
        return {str(path.relative_to(TOP)): path.read_text(encoding="utf-8") for path in paths}

    def page_about_the_code(self) -> str:
        """Return the text of the page that follows a command through the packages."""
        return self.pages()["doc/source/contributor/index.rst"]


class TestContributorPages(ContributorPagesTest):
    def test_each_path_on_a_page_exists(self) -> None:
        names = {Path(path).name for path, _ in modules()}

        for page, text in self.pages().items():
            for path in set(_PATH.findall(text)) - MADE_BY_THE_READER:
                with self.subTest(page=page, path=path):
                    self.assertTrue(any((root / path).exists() for root in _ROOTS) or path in names)

    def test_each_class_on_the_page_about_the_code_exists(self) -> None:
        defined = {
            found
            for _, text in modules()
            for found in re.findall(r"^ *class (\w+)|^(\w+) = NewType", text, re.MULTILINE)
        }
        known = {name for pair in defined for name in pair}

        for name in _CLASS.findall(self.page_about_the_code()):
            with self.subTest(name=name):
                self.assertTrue(name in known or hasattr(builtins, name))

    def test_each_tox_environment_on_a_page_exists(self) -> None:
        tox = ConfigParser(interpolation=None)
        tox.read(TOP / "tox.ini")

        for page, text in self.pages().items():
            for name in _ENVIRONMENT.findall(text):
                with self.subTest(page=page, name=name):
                    self.assertTrue(name == "py3" or f"testenv:{name}" in tox)

    def test_only_the_named_modules_make_a_project_id(self) -> None:
        makers = {path for path, text in modules() if path.startswith("vscclient/") and "ProjectId(" in text}

        self.assertEqual(MAKERS_OF_PROJECT_IDS, makers)
        for path in makers:
            self.assertIn(f"``{path.removeprefix('vscclient/')}``", self.page_about_the_code())

    def test_a_choice_has_at_most_40_lines(self) -> None:
        for page in sorted((PAGES / "choices").glob("0*.rst")):
            with self.subTest(page=page.name):
                self.assertLessEqual(len(page.read_text(encoding="utf-8").splitlines()), 40)


class TestTutorials(ContributorPagesTest):
    def test_the_first_rule_passes_its_tests(self) -> None:
        rule_code, test_code = python_blocks("first-rule")
        (rule,) = [
            thing()
            for thing in vars(module_of("rule", rule_code)).values()
            if isinstance(thing, type) and issubclass(thing, Rule) and "code" in vars(thing)
        ]

        self.assertEqual([], list(rule.check(rule.good().plan, rule.good().facts)))
        self.assertNotEqual([], list(rule.check(rule.bad().plan, rule.bad().facts)))
        with mock.patch("vscclient.policy.engine.rules", return_value=(*rules(), rule)):
            self.assert_passes(module_of("test_rule", test_code))

    def test_the_first_network_stack_passes_its_tests(self) -> None:
        _guest, test_code, stack_code = python_blocks("first-network-stack")
        name = "guestinspect.network.stacks.netctl"
        stack = module_of(name, stack_code)

        with (
            mock.patch.dict(sys.modules, {name: stack}),
            mock.patch("guestinspect.network.stacks.netctl", stack, create=True),
        ):
            self.assert_passes(module_of("test_netctl", test_code))

    def assert_passes(self, module: ModuleType) -> None:
        result = unittest.TestResult()
        unittest.defaultTestLoader.loadTestsFromModule(module).run(result)

        self.assertGreater(result.testsRun, 0)
        self.assertEqual([], result.errors + result.failures)
