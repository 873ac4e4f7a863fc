"""What is fetched along with what is wanted of an image: it saves requests, and costs bytes that nobody may need."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Container

MOST_AHEAD_BLOCKS = 16
"""How far is read ahead of who reads one block after the other, at most: 1 MiB."""

NEAR_BLOCKS = 12
"""Blocks with no more between them are near each other: files of one folder, and their inodes, mostly are. On Debian
guests of 1 GiB and more this saves a fifth to a third of the requests; farther, it costs more than it saves."""

_STREAMS = 8
"""How many places are remembered where somebody may read on: files and tables of a file system take turns."""

_PART = 400
"""What is fetched for its nearness alone is no more than this part of an image: all that is moved has to stay under a
hundredth, and a guest in a small compressed image takes three quarters of that."""

_GUESSES = 80
"""How often something is wanted of a guest, about: no guess at what may follow takes more than its share. An image of
1 GiB has none to spare; one of 10 GiB saves a fifth of its requests by them."""


class Readahead:
    """What to fetch, by what was fetched before.

    Args:
        count: How many blocks the image has.
    """

    def __init__(self, count: int) -> None:
        self._count = count
        self._spare = count // _PART
        self._beyond = min(NEAR_BLOCKS, self._spare // _GUESSES)
        self._ahead: OrderedDict[int, int] = OrderedDict()

    def around(self, wanted: range, had: Container[int]) -> range:
        """The blocks to ask for, the wanted ones among them.

        Args:
            wanted: Blocks side by side, none of which is here.
            had: Those that are.
        """
        before = self._ahead.pop(wanted.start, 0)
        found = (
            self._onwards(wanted, min(2 * before, MOST_AHEAD_BLOCKS - 1), had) if before else self._near(wanted, had)
        )
        self._ahead[found.stop] = len(found)
        while len(self._ahead) > _STREAMS:
            self._ahead.popitem(last=False)
        return found

    def _near(self, wanted: range, had: Container[int]) -> range:
        """With what lies between them and others that are here; where there are none, with a little more."""
        back, on = self._back(wanted, NEAR_BLOCKS, had), self._onwards(wanted, NEAR_BLOCKS, had)
        start = (back if back.start - 1 in had else self._back(wanted, self._beyond, had)).start
        stop = (on if on.stop in had else self._onwards(wanted, self._beyond, had)).stop
        found = range(start, stop)
        if len(found) - len(wanted) > self._spare:
            return wanted
        self._spare -= len(found) - len(wanted)
        return found

    def _onwards(self, wanted: range, most: int, had: Container[int]) -> range:
        """With those behind them, up to the first that is here."""
        last = min(wanted.stop + most, self._count)
        return range(wanted.start, next((number for number in range(wanted.stop, last) if number in had), last))

    @staticmethod
    def _back(wanted: range, most: int, had: Container[int]) -> range:
        """With those before them, back to the last that is here."""
        first = max(wanted.start - most, 0)
        last_had = next((number for number in range(wanted.start - 1, first - 1, -1) if number in had), first - 1)
        return range(last_had + 1, wanted.stop)
