"""The words of a command line that is being typed, and texts quoted so that a shell reads them as they are.

Source: bash(1), «QUOTING»; readline's ``_rl_find_completion_word``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_SPACES = " \t\n"
_ENDS_OF_COMMANDS = ";|&()"
_REDIRECTIONS = "<>"
_SAFE = re.compile(r"[A-Za-z0-9_./,+%@:=-]")
"""The ASCII characters without a meaning for a shell. ``~`` has one after ``=`` or ``:``, too."""


@dataclass
class Word:
    """A word of a command line.

    Args:
        value: The text that the program gets.
        start: The place of the word in the line.
        quote: The quote that is open at its end: ``'``, ``"`` or none.
        is_expanded: True if the shell would replace a part of it, such as ``$HOME``, so that the value is unknown.
        is_file: True if it follows ``>`` or ``<``.
        kept: The part of the value before the text that the shell replaces, and the quote that is open there.
    """

    value: str = ""
    start: int = 0
    quote: str = ""
    is_expanded: bool = False
    is_file: bool = False
    kept: tuple[str, str] = ("", "")


@dataclass
class _Reader:
    """Reads a line, a character at a time.

    Args:
        replaced_from: The place of the text that the shell replaces.
    """

    replaced_from: int
    words: list[Word] = field(default_factory=list)
    word: Word | None = None
    is_escaped: bool = False
    is_file: bool = False

    def read(self, line: str) -> list[Word]:
        for place, char in enumerate(line):
            self._keep(place)
            self._read_char(place, char)
        if self.word is None:
            self._begin(len(line))
        self._keep(len(line))
        return self.words

    def _keep(self, place: int) -> None:
        if self.word and place <= self.replaced_from:
            self.word.kept = (self.word.value, self.word.quote)

    def _read_char(self, place: int, char: str) -> None:
        quote = self.word.quote if self.word else ""
        if self.is_escaped:
            self.is_escaped = False
            self._add(place, char if not quote or char in '$`"\\' else f"\\{char}")
        elif quote:
            self._read_quoted(place, char, quote)
        elif char in _SPACES:
            self.word = None
        elif char in _ENDS_OF_COMMANDS:
            self.words, self.word = [], None
        elif char in _REDIRECTIONS:
            self.word, self.is_file = None, True
        elif char in "'\"":
            self._begin(place).quote = char
        elif char == "\\":
            self._begin(place)
            self.is_escaped = True
        else:
            self._add(place, char).is_expanded |= char in "$`"

    def _read_quoted(self, place: int, char: str, quote: str) -> None:
        if char == quote:
            self._begin(place).quote = ""
        elif quote == '"' and char == "\\":
            self.is_escaped = True
        else:
            self._add(place, char).is_expanded |= quote == '"' and char in "$`"

    def _begin(self, place: int) -> Word:
        if self.word is None:
            self.word = Word(start=place, is_file=self.is_file)
            self.is_file = False
            self.words.append(self.word)
        return self.word

    def _add(self, place: int, char: str) -> Word:
        word = self._begin(place)
        word.value += char
        return word


def split_words(line: str, replaced: str) -> list[Word]:
    """Return the words of the last command of a line; the last word, which can be empty, is being typed.

    Args:
        line: The line up to the cursor.
        replaced: The text before the cursor that the shell replaces: the last word, or a part of it. bash breaks words
            at ``=`` and ``:``, and after an open quote.
    """
    replaced_from = len(line) - len(replaced) if line.endswith(replaced) else 0
    return _Reader(replaced_from).read(line)


def quoted_rest(word: Word, text: str) -> str | None:
    """Return what replaces the text that is being typed, so that the word becomes this text; None if nothing does."""
    kept, quote = word.kept
    if not text.startswith(kept):
        return None
    rest = text[len(kept) :]
    if quote == "'":
        return rest.replace("'", r"'\''") + quote
    if quote:  # in an interactive bash, ! has a meaning there, and a backslash does not take it away
        return re.sub(r'([$`"\\])', r"\\\1", rest).replace("!", '"\\!"') + quote
    return "".join(char if _SAFE.fullmatch(char) or not char.isascii() else f"\\{char}" for char in rest)
