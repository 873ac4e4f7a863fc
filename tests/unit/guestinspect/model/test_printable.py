from __future__ import annotations

from guestinspect.model.printable import printable
from tests import base


class TestPrintable(base.BaseTestCase):
    def test_escape_sequences_become_visible(self) -> None:
        self.assertEqual(r"\x1b[2Jgone", printable("\x1b[2Jgone"))

    def test_a_reversed_name_becomes_visible(self) -> None:
        self.assertEqual(r"rna\u202e2wocq", printable("rna\u202e2wocq"))

    def test_a_forged_line_becomes_visible(self) -> None:
        self.assertEqual(r"a\nerror: b", printable("a\nerror: b"))

    def test_a_lone_surrogate_can_be_printed(self) -> None:
        printable("\udcff").encode("utf-8")

    def test_every_script_stays_as_it_is(self) -> None:
        for text in ("naïve", "日本語", "می‌خواهم", "👩‍🔬", "a b"):
            with self.subTest(text=text):
                self.assertEqual(text, printable(text))
