"""Commands that messages advise: each exists, and has the options that the message names."""

from __future__ import annotations

import ast
import io
import re
import shlex
from collections.abc import Iterator
from contextlib import redirect_stderr
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

import vscclient
from tests import base
from tests.unit.osc.parsing import parser_of
from vscclient import errors
from vscclient.images.inspection.in_cloud import NO_RANGES

GROUPS = ("openstack.vsc.v1", "openstack.image.v2", "openstack.identity.v3")

_COMMAND = re.compile(r"\bopenstack ((?:[a-z]+ )+(?:[^\s,;)]|, (?=X))[^\n,;)#]*)")

_TEMPLATES = ("text", "code", "image", "file")
"""The names in braces in the texts that ``str.format`` fills."""


@cache
def commands() -> dict[str, EntryPoint]:
    """Return the commands by their names, such as ``vsc image member list``."""
    points = (point for group in GROUPS for point in entry_points(group=group))
    return {point.name.replace("_", " "): point for point in points}


def texts_of(tree: ast.AST, placeholder: str) -> Iterator[str]:
    """Yield each text of a program that is not a docstring; a call or a joined list is the placeholder, else ``X``."""
    documented = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    parts = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(_text_of(part, placeholder) for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documented | parts:
            yield node.value


def _text_of(part: ast.expr, placeholder: str) -> str:
    if isinstance(part, ast.Constant):
        return str(part.value)
    is_list = isinstance(part, ast.FormattedValue) and isinstance(part.value, ast.Call)
    is_options = (
        isinstance(part, ast.FormattedValue) and isinstance(part.value, ast.Name) and part.value.id == "options"
    )
    return placeholder if is_list or is_options else "X"


def advised_in(text: str) -> Iterator[str]:
    """Yield the command lines in a message, without ``openstack``. A quoted one only names a command."""
    for name in _TEMPLATES:
        text = text.replace("{" + name + "}", "X")
    for line in _COMMAND.findall(text):
        if not {"`", "'"}.intersection(line):
            yield line.partition(". ")[0].rstrip(". ")


def defect_of(line: str) -> str:
    """Return why a command line is not accepted; empty if it is."""
    names = [name for name in commands() if f"{line} ".startswith(f"{name} ")]
    if not names:
        return "" if line == "vsc image" else "no such command"  # the code joins the rest
    name = max(names, key=len)
    with redirect_stderr(io.StringIO()) as stderr:
        try:
            parser_of(commands()[name].load()).parse_args(shlex.split(line.removeprefix(name)))
        except SystemExit:
            return stderr.getvalue().splitlines()[-1]
    return ""


class TestAdvice(base.BaseTestCase):
    def test_each_advised_command_is_accepted_by_its_parser(self) -> None:
        checked = 0
        for path in sorted(Path(vscclient.__path__[0]).rglob("*.py")):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            for with_word, without in zip(texts_of(tree, "X"), texts_of(tree, ""), strict=True):
                for lines in zip(advised_in(with_word), advised_in(without), strict=True):
                    checked += 1
                    with self.subTest(path=path.name, line=lines[0]):
                        defects = [defect_of(line) for line in lines]
                        self.assertIn("", defects)
        self.assertGreater(checked, 25)

    def test_a_reason_that_several_commands_give_names_no_option_of_one_of_them(self) -> None:
        for reason in (NO_RANGES, str(errors.IncompleteList("Image service", "x"))):
            with self.subTest(reason=reason):
                for line in advised_in(reason):
                    reason = reason.replace(line, "")

                self.assertNotIn("--", reason)
