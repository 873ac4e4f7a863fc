"""The regular expressions in tox.ini: they fit the names of the tests."""

from __future__ import annotations

import re
from configparser import RawConfigParser
from pathlib import Path

from tests import base

TOP = Path(__file__).parent.parent.parent


class TestTox(base.BaseTestCase):
    def test_each_excluded_name_is_a_functional_module(self) -> None:
        config = RawConfigParser()
        config.read(TOP / "tox.ini")
        (excluded,) = re.findall(r"functional\\.test_\(([^)]+)\)", config["testenv:lowest"]["commands"])
        modules = [path.stem for path in (TOP / "tests/functional").glob("test_*.py")]

        for name in excluded.split("|"):
            with self.subTest(name=name):
                self.assertTrue(any(module.startswith(f"test_{name}") for module in modules), name)
