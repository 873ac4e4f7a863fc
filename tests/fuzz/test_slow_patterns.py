"""Search content that is made to keep a pattern busy."""

from __future__ import annotations

import re
import time

from guestinspect.leftovers import search
from guestinspect.leftovers.patterns.table import PATTERNS
from tests import base
from tests.unit.guestinspect.leftovers.test_finder import PIECES

A_HANG_S = 10.0
"""Seconds of processor time. A pattern that goes back and forth over what it reads takes hours."""


class TestSlowPatterns(base.BaseTestCase):
    def test_no_content_takes_long_to_search(self) -> None:
        patterns = [pattern.content for pattern in PATTERNS if pattern.content is not None]

        for piece in [*PIECES, "ssh-a ", "x y ", "password: \n ", "chpasswd:\n \n ", "a:b:c:", "\n" + "\t" * 4000]:
            with self.subTest(piece=piece):
                head = (piece.encode() or b" ") * search.HEAD_BYTES
                for pattern in patterns:
                    self.assertLess(_seconds(pattern, head[: search.HEAD_BYTES]), A_HANG_S, (pattern, piece))


def _seconds(pattern: re.Pattern[bytes], head: bytes) -> float:
    began = time.process_time()
    pattern.search(head)
    return time.process_time() - began
