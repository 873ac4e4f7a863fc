"""Names that can be taken for one another.

Source: Unicode Technical Standard 39, section 4, «Confusable Detection»; Unicode Standard Annex 15, NFKC.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

_IGNORED_CATEGORIES = {"Cc", "Cf", "Zl", "Zp", "Zs", "Pd", "Pc"}
"""Categories of characters that do not count: controls, zero-width ones, spaces, dashes, ``_`` and its like."""

_INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2065\u2800\u3164\ufe00-\ufe0f\ufff0-\ufff8\U000e0000-\U000e0fff]"
)
"""Invisible characters of other categories: variation selectors, Hangul fillers, the blank Braille pattern.
Source: DerivedCoreProperties.txt, ``Default_Ignorable_Code_Point``."""

_DIGIT_LIKE = "[ol2-9]"
"""A digit, or a letter that looks like one, once 0 is written ``o`` and 1 ``l``."""

_DOTS_BETWEEN_DIGITS = re.compile(rf"(?<={_DIGIT_LIKE})\.+(?={_DIGIT_LIKE})")

_BETWEEN_NUMBERS = re.compile(r"(?<=\d)[^\w]+(?=\d)|(?<=\d)_+(?=\d)")
"""Anything but letters between two numbers: a dot, a hyphen, a comma, a middle dot, a space."""


def are_confusable(name: str, other: str) -> bool:
    """Return True if a reader can take one name for the other, by their characters or by their looks.

    Both are compared, since no single order of the steps finds all: a Greek ``Η`` looks like ``H`` and is the capital
    of ``η``, which looks like ``n``; and NFKC makes a sigma of ``ϲ``, which looks like ``c``. In versions, other
    separators than a dot are read as one: 24-04 and 24,04 are 24.04.
    """
    pairs = [(name, other), (_with_prototypes(name), _with_prototypes(other)), (_with_dots(name), _with_dots(other))]
    return any(skeleton(one) == skeleton(another) for one, another in pairs)


def skeleton(name: str) -> str:
    """Return a name without the differences that a reader may overlook.

    Upper and lower case are the same, look-alikes too (``rn`` and ``m``, ``0`` and ``O``, ``i``, ``l`` and ``1``, since
    a capital ``I`` looks like ``l``). Spaces, ``-``, ``_`` and invisible characters do not count; a dot counts only
    between digits: 1.2 is not 12.

    Returns:
        A string to compare with others, not to show.
    """
    visible = "".join(
        char
        for char in unicodedata.normalize("NFKC", name)
        if unicodedata.category(char) not in _IGNORED_CATEGORIES and not _INVISIBLE.match(char)
    )
    # The prototype of 0 and its like is a capital O, so the case is folded a second time.
    text = _with_prototypes(visible.casefold()).casefold().replace("i", "l")
    return ".".join(part.replace(".", "") for part in _DOTS_BETWEEN_DIGITS.split(text))


def _with_dots(name: str) -> str:
    """Return the name with a dot between each two numbers, whatever separates them."""
    return _BETWEEN_NUMBERS.sub(".", unicodedata.normalize("NFKC", name))


def _with_prototypes(text: str) -> str:
    """Return the text with the prototype of each character: one or a few characters for all that look alike."""
    prototypes = _prototypes()
    parts = [prototypes.get(char, char) for char in unicodedata.normalize("NFD", text)]
    return unicodedata.normalize("NFD", "".join(parts))


@cache
def _prototypes() -> dict[str, str]:
    """Return the prototype of each character that has one."""
    from confusable_homoglyphs.confusables import confusables_data  # 57 ms and 17 MiB: only where it is needed

    look_alikes = {
        _without_marks(char): [_without_marks(other["c"]) for other in others]
        for char, others in confusables_data.items()
    }
    return {
        char: others[0]
        for char, others in look_alikes.items()
        if len(others) == 1 and _is_prototype(others[0], char, look_alikes)
    }


def _is_prototype(candidate: str, char: str, look_alikes: dict[str, list[str]]) -> bool:
    """Check whether the first of two look-alikes is the prototype of the second.

    The library has the pairs of Unicode's table in both directions. A prototype of several characters has several
    look-alikes; a prototype of one character may be longer than that character; else either of the two will do.
    """
    if len(char) > 1 or len(candidate) > 1:
        return len(char) == 1
    return look_alikes[candidate] != [char] or candidate < char


def _without_marks(text: str) -> str:
    """Return the text without the marks that the table puts around text that is written from right to left."""
    return text.replace("\u200e", "")
