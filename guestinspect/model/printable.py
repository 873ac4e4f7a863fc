"""Text of strangers (names, properties, file names), made safe to print on a terminal."""

from __future__ import annotations

import unicodedata

_JOINERS = "\u200c\u200d"  # zero-width (non-)joiners: Persian, Indic scripts and emoji need them
_HARMFUL = {"Cc", "Cf", "Cs", "Zl", "Zp"}  # control, format (bidirectional too), lone surrogates, line separators


def printable(text: str) -> str:
    r"""Return the text with control and bidirectional characters made visible: ``\x1b``, ``\u202e``.

    A terminal obeys them: one that is printed raw can rewrite the screen or turn a name around.
    Source: Unicode 15 general categories; Unicode Technical Report 36, section 2.
    """
    if text.isprintable():
        return text
    return "".join(
        char.encode("unicode_escape").decode("ascii")
        if char not in _JOINERS and unicodedata.category(char) in _HARMFUL
        else char
        for char in text
    )
