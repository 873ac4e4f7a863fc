"""Blocks to fetch beside the wanted ones: they save requests, and cost bytes that may not be needed."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Container

MAX_AHEAD_BLOCKS = 16
"""The most blocks in one request of a reader that takes one block after the other: 1 MiB."""

NEAR_BLOCKS = 12
"""Blocks with at most so many between them are near each other: files of one folder, and their inodes, mostly are. On
Debian guests of 1 GiB and more this saves a fifth to a third of the requests; a larger distance costs more than it
saves."""

_STREAMS = 8
"""How many places are remembered where a reader may go on: files and tables of a file system take turns."""

_SHARE = 400
"""At most one block in so many of an image is fetched only because it is near: all fetched bytes have to stay under a
hundredth of the image, and a guest in a small compressed image needs three quarters of that."""

_GUESSES = 80
"""How many reads a guest needs, about: no guess at what may follow may use more than its share. An image of 1 GiB has
none to spare; one of 10 GiB saves a fifth of its requests."""


class Readahead:
    """Chooses the blocks to fetch, by those that were fetched before.

    Args:
        count: Blocks of the image.
    """

    def __init__(self, count: int) -> None:
        self._count = count
        self._spare = count // _SHARE
        self._beyond = min(NEAR_BLOCKS, self._spare // _GUESSES)
        self._ahead: OrderedDict[int, int] = OrderedDict()

    def around(self, wanted: range, cached: Container[int]) -> range:
        """Return the blocks to request, the wanted ones among them.

        Args:
            wanted: Adjacent blocks, none of which is cached.
            cached: The cached blocks.
        """
        before = self._ahead.pop(wanted.start, 0)
        if before:
            blocks = self._with_next(wanted, min(2 * before, MAX_AHEAD_BLOCKS - 1), cached)
        else:
            blocks = self._with_near(wanted, cached)
        self._ahead[blocks.stop] = len(blocks)
        while len(self._ahead) > _STREAMS:
            self._ahead.popitem(last=False)
        return blocks

    def _with_near(self, wanted: range, cached: Container[int]) -> range:
        """Add the blocks up to a cached one that is near; on a side without one, add a few if the image is large."""
        back, onward = self._with_previous(wanted, NEAR_BLOCKS, cached), self._with_next(wanted, NEAR_BLOCKS, cached)
        start = (back if back.start - 1 in cached else self._with_previous(wanted, self._beyond, cached)).start
        stop = (onward if onward.stop in cached else self._with_next(wanted, self._beyond, cached)).stop
        blocks = range(start, stop)
        if len(blocks) - len(wanted) > self._spare:
            return wanted
        self._spare -= len(blocks) - len(wanted)
        return blocks

    def _with_next(self, wanted: range, most: int, cached: Container[int]) -> range:
        """Add the blocks behind the wanted ones, up to the first cached one."""
        end = min(wanted.stop + most, self._count)
        return range(wanted.start, next((number for number in range(wanted.stop, end) if number in cached), end))

    @staticmethod
    def _with_previous(wanted: range, most: int, cached: Container[int]) -> range:
        """Add the blocks before the wanted ones, back to the last cached one."""
        first = max(wanted.start - most, 0)
        last_cached = next((number for number in range(wanted.start - 1, first - 1, -1) if number in cached), first - 1)
        return range(last_cached + 1, wanted.stop)
