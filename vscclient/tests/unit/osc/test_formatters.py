from __future__ import annotations

import argparse
import io
import subprocess

from osc_lib.cli.format_columns import DictColumn
from oslotest import base

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
        self.assertEqual(r"a\x1b[2J", shown("a\x1b[2J", "table", on_terminal=False))

    def test_properties_too(self) -> None:
        self.assertNotIn("\x1b", str(shown(DictColumn({"k": "a\x1b[2J"}), "table", on_terminal=True)))

    def test_values_are_exact_in_a_pipe_and_visible_on_a_terminal(self) -> None:
        self.assertEqual("a\x1b", shown("a\x1b", "value", on_terminal=False))
        self.assertEqual(r"a\x1b", shown("a\x1b", "value", on_terminal=True))

    def test_json_is_always_exact(self) -> None:
        self.assertEqual("a\u202e", shown("a\u202e", "json", on_terminal=True))

    def test_words_of_ours_can_be_written_as_yaml(self) -> None:
        self.assertIs(str, type(shown(Visibility.PUBLIC, "yaml", on_terminal=False)))

    def test_numbers_stay_numbers(self) -> None:
        self.assertEqual(5, shown(5, "table", on_terminal=True))
