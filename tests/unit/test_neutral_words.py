"""The policy, the model and the inspection know no command line: a server has them, too."""

from __future__ import annotations

import ast
import importlib
import re
from argparse import ArgumentParser
from collections.abc import Iterator
from importlib.metadata import entry_points
from pathlib import Path
from unittest import mock

import guestinspect
from tests import base
from vscclient import model, policy

COMMAND = re.compile(r"\bopenstack (?:vsc|image|token|project|server)\b|\bvsc image\b")
OPTION = re.compile(r"(?<![\w-])--[a-z][\w-]*")
FILE = re.compile(r"(?<![\w./])FILE(?![\w.])")
"""The word that stands for the user's file."""

OF_GUESTS = {"--config", "--debug", "--device", "--id", "--timeout"}
"""Options of programs in a guest that commands of ours have, too."""


def strings(package: str) -> Iterator[tuple[str, str]]:
    """Every string in the modules of a package, docstrings included, with its place."""
    folder = Path(str(importlib.import_module(package).__path__[0]))
    for path in sorted(folder.rglob("*.py")):
        if path.name != "__main__.py":
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield f"{path.relative_to(folder.parent)}:{node.lineno}", node.value


def options() -> set[str]:
    """The options of all our commands."""
    found: set[str] = set()
    for point in entry_points(group="openstack.vsc.v1"):
        parser: ArgumentParser = point.load()(mock.Mock(), None).get_parser("openstack")
        found.update(option for action in parser._actions for option in action.option_strings if option[:2] == "--")
    return found


class TestNeutralWords(base.BaseTestCase):
    def test_no_command_of_openstack_is_named(self) -> None:
        for package in (policy.__name__, model.__name__, guestinspect.__name__):
            with self.subTest(package=package):
                self.assertEqual([], [place for place, text in strings(package) if COMMAND.search(text)])

    def test_the_policy_and_the_model_name_no_option_and_no_file_of_the_user(self) -> None:
        for package in (policy.__name__, model.__name__):
            with self.subTest(package=package):
                found = [place for place, text in strings(package) if OPTION.search(text) or FILE.search(text)]
                self.assertEqual([], found)

    def test_the_inspection_names_none_of_our_options(self) -> None:
        ours = options() - OF_GUESTS

        found = [place for place, text in strings(guestinspect.__name__) if ours.intersection(OPTION.findall(text))]

        self.assertEqual([], found)

    def test_what_is_looked_for_would_be_found(self) -> None:
        self.assertTrue(COMMAND.search("use openstack vsc image set"))
        self.assertTrue(OPTION.search("use --min-disk 2"))
        self.assertTrue(FILE.search("virt-edit -a FILE /etc/x"))
        self.assertIn("--multi-nic", options())
        self.assertGreater(len(list(strings(policy.__name__))), 500)
