from __future__ import annotations

import argparse
import io
import subprocess

from osc_lib.cli.format_columns import DictColumn

from tests import base
from vscclient.model.visibility import Visibility
from vscclient.osc.formatters import SafeShellFormatter, shown

EVIL = '"; touch x; $(touch x) `touch x` \x1b[2J'


class TestShellFormatter(base.BaseTestCase):
    def test_eval_runs_nothing_and_keeps_every_character(self) -> None:
        args = argparse.Namespace(variables=[], prefix="image_")
        written = io.StringIO()

        SafeShellFormatter().emit_one(["name", "hw:x; touch x"], [EVIL, DictColumn({"k": EVIL})], written, args)

        script = f'{written.getvalue()}\nprintf %s "$image_name"'
        done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True, cwd="/")
        self.assertEqual((EVIL, ""), (done.stdout, done.stderr))


class TestShown(base.BaseTestCase):
    def test_tables_show_control_characters(self) -> None:
        self.assertEqual(r"a\x1b[2J", shown("a\x1b[2J", "table"))

    def test_tables_show_control_characters_in_properties(self) -> None:
        self.assertNotIn("\x1b", str(shown(DictColumn({"k": "a\x1b[2J"}), "table")))

    def test_output_for_people_and_line_tools_has_no_control_characters(self) -> None:
        for formatter in ("table", "value", "csv"):
            with self.subTest(formatter=formatter):
                self.assertEqual(r"a\x1b[2J", shown("a\x1b[2J", formatter))
                self.assertEqual(r"two\nlines\r", shown("two\nlines\r", formatter))
                self.assertEqual(r"no UTF-8: \udcff", shown("no UTF-8: \udcff", formatter))

    def test_letters_of_any_script_stay(self) -> None:
        for formatter in ("table", "value", "csv", "json"):
            with self.subTest(formatter=formatter):
                self.assertEqual("Löwe 狮子 👩\u200d🔬", shown("Löwe 狮子 👩\u200d🔬", formatter))

    def test_output_for_programs_is_exact(self) -> None:
        for formatter in ("json", "yaml", "shell"):
            with self.subTest(formatter=formatter):
                self.assertEqual("a\u202e\n", shown("a\u202e\n", formatter))

    def test_enumerations_can_be_written_as_yaml(self) -> None:
        self.assertIs(str, type(shown(Visibility.PUBLIC, "yaml")))

    def test_numbers_stay_numbers(self) -> None:
        self.assertEqual(5, shown(5, "table"))
