from __future__ import annotations

from guestinspect.model.fact import Fact, NotYet, Unknown, known_fact, once
from tests import base


class TestOnce(base.BaseTestCase):
    def test_looks_one_time(self) -> None:
        looks: list[int] = []

        def look() -> Fact[int]:
            looks.append(1)
            return Fact(len(looks), "here")

        ask = once(look)

        self.assertEqual((1, 1), (ask().value, ask().value))

    def test_remembers_that_nobody_knows(self) -> None:
        looks: list[int] = []

        def look() -> Fact[int]:
            looks.append(1)
            raise NotYet("it is still read")

        ask = once(look)

        self.assertRaises(NotYet, ask)
        self.assertRaises(Unknown, ask)
        self.assertEqual([1], looks)

    def test_known_needs_no_look(self) -> None:
        self.assertEqual(Fact("raw", "the header"), known_fact("raw", "the header")())
