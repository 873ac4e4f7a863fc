"""Text of strangers (names, properties, file names), made safe to print on a terminal."""

from __future__ import annotations

import io
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


def escape_unencodable(*streams: object) -> None:
    r"""Let streams write characters that their encoding lacks as escapes: ``\xfc``, ``\u2192``.

    The encoding is that of the locale or of ``PYTHONIOENCODING``. Python's own standard output raises an error in the
    middle of the text (``LC_ALL=C``: only without UTF-8 mode), its standard error writes escapes.
    Source: Python, ``sys.stdout``; PEP 538; PEP 540.
    """
    for stream in streams:
        if isinstance(stream, io.TextIOWrapper) and stream.errors != "backslashreplace":
            stream.reconfigure(errors="backslashreplace")
