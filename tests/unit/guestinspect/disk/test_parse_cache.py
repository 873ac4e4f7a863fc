"""The cache of parsed files."""

from __future__ import annotations

from guestinspect.disk.parse_cache import parse_once
from tests import base


class TestKept(base.BaseTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.asked: list[tuple[str, int]] = []
        self.parse = parse_once(self.parsed)

    def parsed(self, path: str, content: bytes) -> str:
        self.asked.append((path, len(content)))
        return f"{path}: {len(content)}"

    def test_the_same_file_is_parsed_once(self) -> None:
        self.assertEqual(["/a: 1", "/a: 1"], [self.parse("/a", b"x"), self.parse("/a", b"x")])
        self.assertEqual([("/a", 1)], self.asked)

    def test_another_path_or_content_is_another_file(self) -> None:
        for path, content in (("/a", b"x"), ("/b", b"x"), ("/a", b"xy")):
            self.parse(path, content)

        self.assertEqual([("/a", 1), ("/b", 1), ("/a", 2)], self.asked)

    def test_a_long_file_is_parsed_each_time(self) -> None:
        for _ in range(2):
            self.parse("/a", bytes(100_000))

        self.assertEqual(2, len(self.asked))
