from __future__ import annotations

import argparse
import io
import subprocess

import yaml
from cliff.formatters.yaml_format import YAMLFormatter
from osc_lib.cli.format_columns import DictColumn

from tests import base
from vscclient.model.visibility import Visibility
from vscclient.osc.command import shown
from vscclient.osc.formatters import SafeShellFormatter, SafeYamlFormatter

EVIL = '"; touch x; $(touch x) `touch x` \x1b[2J'


class TestShellFormatter(base.BaseTestCase):
    def test_eval_runs_nothing_and_keeps_every_character(self) -> None:
        args = argparse.Namespace(variables=[], prefix="image_")
        written = io.StringIO()

        SafeShellFormatter().emit_one(["name", "hw:x; touch x"], [EVIL, DictColumn({"k": EVIL})], written, args)

        script = f'{written.getvalue()}\nprintf %s "$image_name"'
        done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True, cwd="/")
        self.assertEqual((EVIL, ""), (done.stdout, done.stderr))

    def test_the_output_has_one_line_and_nothing_that_a_terminal_obeys(self) -> None:
        args = argparse.Namespace(variables=[], prefix="")
        for value in (
            'rna\nvisibility="public"',
            "rna\r\n",
            "ends\n\n",
            *(f"a{char}b" for char in "\x0b\x0c\x1b\x1c\x85\x9b\u2028\u2029\u202e\u2066\x7f"),
            "-n\x1b % \\ ' \" $(touch x) `touch x` é",
        ):
            with self.subTest(value=value):
                written = io.StringIO()

                SafeShellFormatter().emit_one(["name"], [value], written, args)

                self.assertEqual(1, len(written.getvalue().splitlines()))
                self.assertTrue(written.getvalue().rstrip("\n").isprintable())
                for shell in ("sh", "bash"):
                    script = f'{written.getvalue()}\nprintf %s "$name"'
                    done = subprocess.run([shell, "-c", script], capture_output=True, check=True, cwd="/")
                    self.assertEqual((value.encode(), b""), (done.stdout, done.stderr))

    def test_characters_that_the_output_cannot_show_are_exact(self) -> None:
        for encoding in ("ascii", "latin-1"):
            for value, expected in (
                ("é→😀 '%", "é→😀 '%".encode()),
                ("x\udcff", b"x\xff"),
                ("x\ud800", "x\ud800".encode("utf-8", "surrogatepass")),
            ):
                with self.subTest(encoding=encoding, value=value):
                    content = io.BytesIO()
                    stdout = io.TextIOWrapper(content, encoding, errors="strict", write_through=True)

                    SafeShellFormatter().emit_one(["n"], [value], stdout, argparse.Namespace(variables=[], prefix=""))

                    script = content.getvalue() + b'printf %s "$n"'
                    done = subprocess.run(["sh", "-c", script], capture_output=True, check=True, cwd="/")
                    self.assertEqual((expected, b""), (done.stdout, done.stderr))


class TestYamlFormatter(base.BaseTestCase):
    def test_each_text_is_on_one_line_and_exact(self) -> None:
        args = argparse.Namespace()
        folded = f"{'x' * 90} visibility: public"
        for text in ("rna\nvisibility: public", "rna\n\n  visibility: public\n", folded, "a\x85b\u2028\x1b[2J\u202e"):
            with self.subTest(text=text):
                one, several = io.StringIO(), io.StringIO()

                SafeYamlFormatter().emit_one(["name", "properties"], [text, DictColumn({"k": text})], one, args)
                SafeYamlFormatter().emit_list(["name"], [[text], [text]], several, args)

                self.assertEqual({"name": text, "properties": {"k": text}}, yaml.safe_load(one.getvalue()))
                self.assertEqual([{"name": text}] * 2, yaml.safe_load(several.getvalue()))
                self.assertEqual((3, 2), (len(one.getvalue().splitlines()), len(several.getvalue().splitlines())))
                self.assertTrue(one.getvalue().replace("\n", "").isprintable())

    def test_it_writes_what_cliff_writes_for_plain_values(self) -> None:
        args, values = argparse.Namespace(), ["rna", 5, None, True, ["a", "b"], "yes", "Löwe", "", "1.0"]
        names = [str(number) for number in range(len(values))]
        ours, theirs = io.StringIO(), io.StringIO()

        SafeYamlFormatter().emit_one(names, values, ours, args)
        YAMLFormatter().emit_one(names, values, theirs, args)

        self.assertEqual(theirs.getvalue(), ours.getvalue())


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
