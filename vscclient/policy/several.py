"""Several words or locations in one finding: a few by name, the rest as a number."""

from __future__ import annotations

from collections.abc import Sequence

MOST_LOCATIONS = 3
"""The locations of one finding that are named; ``inspect`` lists all."""


def join_words(words: Sequence[str], most: int) -> str:
    """Return words as a list in a sentence: ``a, b and c``, or ``a, b and 4 more``.

    Args:
        words: All words; equal ones count once.
        most: The number of words that are named; one more is named, too, instead of ``1 more``.
    """
    different = list(dict.fromkeys(words))
    if len(different) > most + 1:
        different[most:] = [f"{len(different) - most} more"]
    return " and ".join(filter(None, (", ".join(different[:-1]), *different[-1:])))
