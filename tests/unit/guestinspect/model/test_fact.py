from __future__ import annotations

from guestinspect.model.fact import Fact, NotYet, Unknown, known_fact, once
from tests import base


class TestOnce(base.BaseTestCase):
    def test_a_search_runs_once(self) -> None:
        searches: list[int] = []

        def search() -> Fact[int]:
            searches.append(1)
            return Fact(len(searches), "here")

        ask = once(search)

        self.assertEqual((1, 1), (ask().value, ask().value))

    def test_an_unknown_fact_is_not_searched_again(self) -> None:
        searches: list[int] = []

        def search() -> Fact[int]:
            searches.append(1)
            raise NotYet("it is still read")

        ask = once(search)

        self.assertRaises(NotYet, ask)
        self.assertRaises(Unknown, ask)
        self.assertEqual([1], searches)

    def test_a_known_fact_needs_no_search(self) -> None:
        self.assertEqual(Fact("raw", "the header"), known_fact("raw", "the header")())
