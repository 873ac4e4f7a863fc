"""Names that can be taken for one another.

Source: Unicode Technical Standard 39, section 4, «Confusable Detection»; Unicode Standard Annex 15, NFKC.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

_OVERLOOKED = {"Cc", "Cf", "Zl", "Zp", "Zs", "Pd", "Pc"}
"""Categories of characters that do not count: controls, zero-width ones, spaces, dashes, ``_`` and its like."""

_UNSEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2065\u2800\u3164\ufe00-\ufe0f\ufff0-\ufff8\U000e0000-\U000e0fff]"
)
"""What has no ink and is in none of those categories: variation selectors, Hangul fillers, the blank Braille pattern.
Source: DerivedCoreProperties.txt, ``Default_Ignorable_Code_Point``."""

_DIGIT_LIKE = "[ol2-9]"
"""A digit, or a letter that looks like one, once 0 is written ``o`` and 1 ``l``."""

_COUNTING_DOTS = re.compile(rf"(?<={_DIGIT_LIKE})\.+(?={_DIGIT_LIKE})")


def are_confusable(name: str, other: str) -> bool:
    """Whether one can be taken for the other, as they are written or by their looks.

    Both, since no single order does: a Greek ``Η`` looks like ``H`` and is the capital of ``η``, which looks like
    ``n``; and to NFKC, ``ϲ`` is a sigma, though it looks like ``c``.
    """
    return skeleton(name) == skeleton(other) or skeleton(_drawn(name)) == skeleton(_drawn(other))


def skeleton(name: str) -> str:
    """What is left of a name without everything that a reader may overlook.

    Upper and lower case are the same, look-alikes too (``rn`` and ``m``, ``0`` and ``O``, ``i``, ``l`` and ``1``, since
    a capital ``I`` looks like ``l``). Spaces, ``-``, ``_`` and what cannot be seen do not count; a dot does only
    between digits: 1.2 is not 12.

    Returns:
        A string to compare with others, not to show.
    """
    seen = "".join(char for char in unicodedata.normalize("NFKC", name) if not _is_overlooked(char))
    drawn = _drawn(seen.casefold()).casefold()  # again: what stands for 0 and its like is O
    return _without_idle_dots(drawn.replace("i", "l"))


def _is_overlooked(char: str) -> bool:
    return unicodedata.category(char) in _OVERLOOKED or bool(_UNSEEN.match(char))


def _drawn(text: str) -> str:
    """Each character as the one, or the few, that stand for all that look like it."""
    prototypes = _prototypes()
    parts = [prototypes.get(char, char) for char in unicodedata.normalize("NFD", text)]
    return unicodedata.normalize("NFD", "".join(parts))


def _without_idle_dots(text: str) -> str:
    """The text with the dots that stand between digits, and no others."""
    return ".".join(part.replace(".", "") for part in _COUNTING_DOTS.split(text))


@cache
def _prototypes() -> dict[str, str]:
    """What stands for all characters that look alike, by each of the others."""
    from confusable_homoglyphs.confusables import confusables_data  # 57 ms and 17 MiB: only where it is needed

    partners = {_bare(char): [_bare(partner["c"]) for partner in found] for char, found in confusables_data.items()}
    return {
        char: found[0] for char, found in partners.items() if len(found) == 1 and _stands_for(found[0], char, partners)
    }


def _stands_for(prototype: str, char: str, partners: dict[str, list[str]]) -> bool:
    """Whether the first of a pair stands for the second: the library has the pairs of Unicode's table both ways round.

    What stands for several has several partners; what stands for one may be longer than that; else, either will do.
    """
    if len(char) > 1 or len(prototype) > 1:
        return len(char) == 1
    return partners[prototype] != [char] or prototype < char


def _bare(text: str) -> str:
    """Without the marks that the table puts around what is written from right to left."""
    return text.replace("\u200e", "")
