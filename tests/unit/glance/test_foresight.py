"""What is fetched along with what is wanted of an image."""

from __future__ import annotations

from tests import base
from vscclient.glance.readahead import MOST_AHEAD_BLOCKS, NEAR_BLOCKS, Readahead

LARGE = 160_000
"""Blocks of an image of 10 GiB."""

AROUND = 5
"""How many of them come along on each side of one that is wanted."""


class TestForesight(base.BaseTestCase):
    def test_what_is_far_from_all_comes_alone(self) -> None:
        self.assertEqual(range(500, 501), Readahead(8_000).around(range(500, 501), {500 - NEAR_BLOCKS - 2}))

    def test_of_a_large_image_it_comes_with_a_little_more(self) -> None:
        fetched = Readahead(LARGE).around(range(500, 501), {500 - NEAR_BLOCKS - 2})

        self.assertEqual(range(500 - AROUND, 501 + AROUND), fetched)

    def test_what_lies_between_comes_along(self) -> None:
        self.assertEqual(range(498, 503), Readahead(LARGE).around(range(500, 501), {497, 503}))

    def test_beside_one_that_is_here_a_large_image_gives_as_much_on_the_other_side(self) -> None:
        self.assertEqual(range(498, 501 + AROUND), Readahead(LARGE).around(range(500, 501), {497}))
        self.assertEqual(range(500 - AROUND, 503), Readahead(LARGE).around(range(500, 501), {503}))

    def test_a_small_one_does_not(self) -> None:
        self.assertEqual(range(498, 501), Readahead(8_000).around(range(500, 501), {497}))

    def test_what_is_fetched_for_its_nearness_is_a_small_part_of_the_image(self) -> None:
        foresight, had, spared = Readahead(4_000), set[int](), 0

        for number in range(0, 4_000, 4):
            fetched = foresight.around(range(number, number + 1), had)
            had.update(fetched)
            spared += len(fetched) - 1

        self.assertLessEqual(spared, 10)
        self.assertGreater(spared, 6)

    def test_it_ends_where_the_image_does(self) -> None:
        self.assertEqual(range(LARGE - 4, LARGE), Readahead(LARGE).around(range(LARGE - 3, LARGE - 2), {LARGE - 5}))
        self.assertEqual(range(3), Readahead(LARGE).around(range(2, 3), {3}))

    def test_who_reads_on_gets_more_each_time(self) -> None:
        foresight, number, lengths = Readahead(100), 0, list[int]()

        while number < 50:
            fetched = foresight.around(range(number, number + 1), ())
            lengths.append(len(fetched))
            number = fetched.stop

        self.assertEqual([1, 3, 7, 15, MOST_AHEAD_BLOCKS, MOST_AHEAD_BLOCKS], lengths)
