"""Blocks that are fetched beside the wanted ones."""

from __future__ import annotations

from tests import base
from vscclient.glance.readahead import MAX_AHEAD_BLOCKS, NEAR_BLOCKS, Readahead

LARGE = 160_000
"""Blocks of an image of 10 GiB."""

AROUND = 5
"""How many of them are fetched on each side of a wanted one."""


class TestReadahead(base.BaseTestCase):
    def test_a_block_far_from_all_others_is_fetched_alone(self) -> None:
        self.assertEqual(range(500, 501), Readahead(8_000).around(range(500, 501), {500 - NEAR_BLOCKS - 2}))

    def test_a_block_of_a_large_image_is_fetched_with_its_neighbours(self) -> None:
        fetched = Readahead(LARGE).around(range(500, 501), {500 - NEAR_BLOCKS - 2})

        self.assertEqual(range(500 - AROUND, 501 + AROUND), fetched)

    def test_blocks_between_two_cached_ones_are_fetched(self) -> None:
        self.assertEqual(range(498, 503), Readahead(LARGE).around(range(500, 501), {497, 503}))

    def test_beside_a_cached_block_a_large_image_reads_ahead_on_the_other_side(self) -> None:
        self.assertEqual(range(498, 501 + AROUND), Readahead(LARGE).around(range(500, 501), {497}))
        self.assertEqual(range(500 - AROUND, 503), Readahead(LARGE).around(range(500, 501), {503}))

    def test_a_small_image_does_not_read_ahead(self) -> None:
        self.assertEqual(range(498, 501), Readahead(8_000).around(range(500, 501), {497}))

    def test_neighbours_are_a_small_part_of_the_image(self) -> None:
        readahead, cached, extra = Readahead(4_000), set[int](), 0

        for number in range(0, 4_000, 4):
            fetched = readahead.around(range(number, number + 1), cached)
            cached.update(fetched)
            extra += len(fetched) - 1

        self.assertLessEqual(extra, 10)
        self.assertGreater(extra, 6)

    def test_blocks_end_where_the_image_ends(self) -> None:
        self.assertEqual(range(LARGE - 4, LARGE), Readahead(LARGE).around(range(LARGE - 3, LARGE - 2), {LARGE - 5}))
        self.assertEqual(range(3), Readahead(LARGE).around(range(2, 3), {3}))

    def test_a_sequential_reader_gets_more_each_time(self) -> None:
        readahead, number, lengths = Readahead(100), 0, list[int]()

        while number < 50:
            fetched = readahead.around(range(number, number + 1), ())
            lengths.append(len(fetched))
            number = fetched.stop

        self.assertEqual([1, 3, 7, 15, MAX_AHEAD_BLOCKS, MAX_AHEAD_BLOCKS], lengths)
