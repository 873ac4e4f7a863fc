"""The page about ways around the policy: each line names a test that exists."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from tests import base

TOP = Path(__file__).parents[2]
PAGE = TOP / "doc/source/operator/ways-around.rst"


class TestWaysAround(base.BaseTestCase):
    def test_each_way_names_a_test_that_exists(self) -> None:
        rows = re.findall(r"^   \* - (.*?)\n     - (.*?)\n     - (.*?)\n", PAGE.read_text(), re.MULTILINE)
        rows = [row for row in rows if row != ("Way", "What stops it", "Test")]

        self.assertGreater(len(rows), 15)
        for way, _stopped_by, name in rows:
            with self.subTest(way):
                module, class_name, test = name.strip("`").rsplit(".", 2)
                path = TOP / (module.replace(".", "/") + ".py")

                tree = ast.parse(path.read_text())

                classes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
                tests = {node.name for node in classes[class_name].body if isinstance(node, ast.FunctionDef)}
                self.assertIn(test, tests)
