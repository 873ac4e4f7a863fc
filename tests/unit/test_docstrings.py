"""Docstrings: the first line opens with a verb or a noun phrase (PEP 257), not with a relative clause."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests import base

TOP = Path(__file__).parent.parent.parent
PACKAGES = ("guestinspect", "vscclient")
RELATIVE = {"How", "What", "Whatever", "When", "Where", "Whether", "Which", "Who", "Whoever", "Whom", "Whose", "Why"}
MOST = 0.05
"""The share of docstrings that may open with a relative clause."""


class TestDocstrings(base.BaseTestCase):
    def test_few_docstrings_open_with_a_relative_clause(self) -> None:
        openings = [opening for package in PACKAGES for file in (TOP / package).rglob("*.py") for opening in _of(file)]

        relative = [place for place, word in openings if word in RELATIVE]

        self.assertGreater(len(openings), 1000, "the packages were not found")
        self.assertLess(len(relative), MOST * len(openings), "\n".join(sorted(relative)))


def _of(file: Path) -> Iterator[tuple[str, str]]:
    """Return the place and the first word of each docstring in a file."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and (text := ast.get_docstring(node)):
            name = getattr(node, "name", "the module")
            yield f"{file.relative_to(TOP)}:{getattr(node, 'lineno', 1)}: {name}", text.split()[0].strip("`:,.")
