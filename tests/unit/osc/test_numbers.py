"""Numbers that the service, or this computer, cannot hold."""

from __future__ import annotations

import io
from contextlib import redirect_stderr

from tests import base
from tests.unit.osc.parsing import parser_of
from vscclient.osc.image.audit import AuditImage
from vscclient.osc.image.check import CheckImage
from vscclient.osc.image.create import CreateImage
from vscclient.osc.image.list import ListImage
from vscclient.osc.image.set import SetImage

LARGEST = 2**31 - 1


class TestNumbers(base.BaseTestCase):
    def test_the_largest_number_is_accepted(self) -> None:
        for command, words, name, largest in (
            (SetImage, ["rna", "--min-disk"], "min_disk", LARGEST),
            (CreateImage, ["rna", "--min-ram"], "min_ram", LARGEST),
            (CreateImage, ["rna", "--size"], "size", 2**63 - 1),
            (ListImage, ["--limit"], "limit", LARGEST),
            (AuditImage, ["--jobs"], "jobs", 256),
        ):
            with self.subTest(words=words):
                self.assertEqual(largest, getattr(parser_of(command).parse_args([*words, f"00{largest}"]), name))

    def test_a_larger_number_is_a_usage_error(self) -> None:
        for command, words, largest in (
            (SetImage, ["rna", "--min-disk"], LARGEST),
            (SetImage, ["rna", "--min-ram"], LARGEST),
            (CreateImage, ["rna", "--min-disk"], LARGEST),
            (CreateImage, ["rna", "--min-ram"], LARGEST),
            (CreateImage, ["rna", "--size"], 2**63 - 1),
            (CheckImage, ["rna", "--min-disk"], LARGEST),
            (ListImage, ["--limit"], LARGEST),
            (ListImage, ["--max-items"], LARGEST),
            (AuditImage, ["--jobs"], 256),
        ):
            if not any(words[-1] in action.option_strings for action in parser_of(command)._actions):
                continue  # an option of newer standard clients
            for number in (str(largest + 1), "9" * 5000):
                with self.subTest(words=words, number=number[:20]), redirect_stderr(io.StringIO()) as stderr:
                    ending = self.assertRaises(SystemExit, parser_of(command).parse_args, [*words, number])

                    last = stderr.getvalue().splitlines()[-1]
                    self.assertEqual(2, ending.code)
                    self.assertIn(f"{words[-1]}: {number[:40]} is too large: at most {largest} is possible", last)
                    self.assertLess(len(last), 200)

    def test_what_is_not_a_number_is_a_usage_error(self) -> None:
        for command, words in ((SetImage, ["rna", "--min-disk"]), (ListImage, ["--limit"]), (AuditImage, ["--jobs"])):
            for number in ("-1", "1.5", "٣", "", "0x10", "1_000"):
                with self.subTest(words=words, number=number), redirect_stderr(io.StringIO()) as stderr:
                    self.assertRaises(SystemExit, parser_of(command).parse_args, [*words, number])

                    self.assertIn(f"'{number}' is not a whole number, 0 or more", stderr.getvalue())
