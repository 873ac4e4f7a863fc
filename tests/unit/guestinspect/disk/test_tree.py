"""The lines of a guest's files."""

from __future__ import annotations

from guestinspect.disk.tree import lines_of
from tests import base


class TestLines(base.BaseTestCase):
    def lines(self, content: bytes) -> list[tuple[int, str]]:
        return list(lines_of(content))

    def test_lines_are_numbered_from_one(self) -> None:
        self.assertEqual([(1, "a"), (2, ""), (3, "b")], self.lines(b"a\n\nb\n"))

    def test_the_last_line_may_have_no_line_feed(self) -> None:
        self.assertEqual([(1, "a"), (2, "b")], self.lines(b"a\nb"))

    def test_an_empty_text_has_no_lines(self) -> None:
        self.assertEqual([], self.lines(b""))
        self.assertEqual([(1, "")], self.lines(b"\n"))

    def test_only_a_line_feed_ends_a_line(self) -> None:
        for other in ("\r", "\v", "\f", "\x1c", "\x85", "\u2028"):
            with self.subTest(other=other):
                comment = f"# not now:{other}auto ens4"
                self.assertEqual([(1, comment)], self.lines(comment.encode()))

    def test_bytes_that_are_not_utf_8_are_preserved(self) -> None:
        self.assertEqual([(1, "\udcff")], self.lines(b"\xff\n"))
