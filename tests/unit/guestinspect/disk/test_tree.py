"""The lines of a guest's files."""

from __future__ import annotations

from guestinspect.disk.tree import lines_of
from tests import base


class TestLines(base.BaseTestCase):
    def lines(self, content: bytes) -> list[tuple[int, str]]:
        return list(lines_of(content))

    def test_they_are_counted_from_one(self) -> None:
        self.assertEqual([(1, "a"), (2, ""), (3, "b")], self.lines(b"a\n\nb\n"))

    def test_the_last_may_have_no_end(self) -> None:
        self.assertEqual([(1, "a"), (2, "b")], self.lines(b"a\nb"))

    def test_an_empty_text_has_none(self) -> None:
        self.assertEqual([], self.lines(b""))
        self.assertEqual([(1, "")], self.lines(b"\n"))

    def test_nothing_but_a_line_feed_ends_one(self) -> None:
        for other in ("\r", "\v", "\f", "\x1c", "\x85", "\u2028"):
            with self.subTest(other=other):
                comment = f"# not now:{other}auto ens4"
                self.assertEqual([(1, comment)], self.lines(comment.encode()))

    def test_what_is_no_utf_8_is_kept(self) -> None:
        self.assertEqual([(1, "\udcff")], self.lines(b"\xff\n"))
