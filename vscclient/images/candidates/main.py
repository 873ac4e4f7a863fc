"""The program that the shell calls at each Tab: it reads the line that is being typed, and prints what can follow.

It imports no client of OpenStack and sends no request: its first line says whether the shell completes something else,
and each further line is a candidate, quoted for the shell. It prints no errors: they would stand in the user's prompt.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import islice

from guestinspect.model.printable import printable
from vscclient.images.candidates.command_line import FILE, Place, find_place, grammar_of
from vscclient.images.candidates.shell_words import Word, quoted_rest, split_words
from vscclient.images.candidates.sources import texts_of

OTHER, FILES, CANDIDATES = "other", "files", "candidates"
"""The first line: the command may be one of others, who know more; the shell completes the name of a file; neither."""

_MOST = 1000
"""The most candidates that are printed."""


def main() -> int:
    """Print the answer for the text, the line and the grammar on standard input, with NUL between them."""
    try:
        # not os.fsdecode: in the locale C without UTF-8 mode, it knows ASCII only
        replaced, line, grammar = sys.stdin.buffer.read().decode("utf-8", "surrogateescape").split("\0")[:3]
        answer = answer_of(replaced, line, grammar)
        sys.stdout.buffer.write("".join(f"{each}\n" for each in answer).encode("utf-8", "surrogateescape"))
        sys.stdout.buffer.flush()
    except BaseException:  # noqa: BLE001, S110  # also Ctrl-C, and a shell that has gone: whatever it is, Tab does nothing
        pass
    return 0


def answer_of(replaced: str, line: str, grammar: str) -> list[str]:
    """Return the lines of the answer.

    Args:
        replaced: The text before the cursor that the shell replaces.
        line: The command line up to the cursor.
        grammar: The grammar of the script.
    """
    words = split_words(line, replaced)
    place = find_place(words, grammar_of(grammar))
    if place is None:
        return [OTHER]
    if FILE in place.kinds:
        return [FILES]
    word = words[-1]
    candidates = () if word.is_expanded else islice(_candidates(place, word), _MOST)
    return [CANDIDATES if place.command else OTHER, *candidates]


def _candidates(place: Place, word: Word) -> Iterator[str]:
    if not word.value.startswith(place.prefix):
        return
    typed = word.value.removeprefix(place.prefix)
    for text in texts_of(place, typed):
        if text and printable(text) == text and (place.can_begin_with_dash or not _is_option(text, place)):
            quoted = quoted_rest(word, place.prefix + text)
            if quoted is not None:
                yield quoted


def _is_option(text: str, place: Place) -> bool:
    """Check whether a text would be taken for an option that it is not."""
    return text.startswith("-") and not any(isinstance(kind, list) and text in kind for kind in place.kinds)
