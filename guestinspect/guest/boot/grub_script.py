"""The language of GRUB's configuration, as far as it is needed to find the entries of a menu.

Source: GRUB manual, "Writing full configuration files directly": words, quotes, variables, braces.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

_MOST_WORDS = 100_000
"""The number of words with all variables expanded; the longest menu of a Debian or Rocky guest has 3,000."""

_LONGEST_WORD = 64 * 1024

_TOKEN = re.compile(
    r"""
    (?P<gap>[ \t\r]+|\\\n)
    | (?P<end>[\n;])
    | (?P<comment>(?<![^\s;])\#[^\n]*)
    | '(?P<single>[^']*)'
    | "(?P<double>(?:[^"\\]|\\.)*)"
    | \$\{?(?P<variable>[A-Za-z0-9_]+)\}?
    | \\(?P<escaped>.)
    | (?P<plain>[^\s;'"\\$]+ | .)
    """,
    re.VERBOSE | re.DOTALL,
)
_IN_DOUBLE_QUOTES = re.compile(r"\$\{?([A-Za-z0-9_]+)\}?|\\([\\\"$])", re.DOTALL)


class TooLong(Exception):
    """A configuration exceeds a limit; the message is the predicate of a sentence about it."""


@dataclass(frozen=True)
class Statement:
    """One command.

    Args:
        line: The line on which the command ends, counted from 1.
        words: The command and its arguments. A brace that opens a block ends a statement; a brace that closes a block
            is a statement of its own.
    """

    line: int
    words: tuple[str, ...]


def parse_statements(text: str, value_of: Callable[[str], str]) -> Iterator[Statement]:
    """Yield the statements one by one, so that the caller can set a variable before the next statement expands it.

    Args:
        text: The configuration.
        value_of: Returns the value of a variable; empty if it has none.

    Raises:
        TooLong: There are too many words, or one is too long.
    """
    line, words = 1, _WordReader()
    for token in _TOKEN.finditer(text):
        kind, content = token.lastgroup or "", token[0]
        # a brace is a word of its own only between words: in «a{b» it is an ordinary character
        if kind == "end" or (kind == "plain" and content in ("{", "}") and words.is_between_words):
            yield from words.end_statement(line, content)
        else:
            words.add_token(kind, token[kind], value_of)
        line += content.count("\n")
    yield from words.end_statement(line, "\n")


class _WordReader:
    """The words of the statement that is being read."""

    def __init__(self) -> None:
        self._words: list[str] = []
        self._word: str | None = None
        self._count = 0

    @property
    def is_between_words(self) -> bool:
        """Return True if no word has been begun."""
        return self._word is None

    def end_statement(self, line: int, end: str) -> Iterator[Statement]:
        """Yield the statement that has been read, if any, and that of a closing brace."""
        self._end_word()
        if end == "{":
            self._words.append(end)
        words, self._words = self._words, []
        if words:
            yield Statement(line, tuple(words))
        if end == "}":
            yield Statement(line, ("}",))

    def add_token(self, kind: str, content: str, value_of: Callable[[str], str]) -> None:
        """Add a token to the current word, or end the word."""
        if kind in ("gap", "comment"):
            self._end_word()
        elif kind == "variable":  # without quotes, a value with spaces expands to several words, as in a shell
            for number, word in enumerate(value_of(content).split()):
                if number:
                    self._end_word()
                self._append(word)
        elif kind == "double":
            self._append(_IN_DOUBLE_QUOTES.sub(lambda found: found[2] or value_of(found[1]), content))
        else:
            self._append(content)

    def _append(self, piece: str) -> None:
        self._word = (self._word or "") + piece
        if len(self._word) > _LONGEST_WORD:
            raise TooLong(f"has a word of more than {_LONGEST_WORD} characters")

    def _end_word(self) -> None:
        if self._word is not None:
            self._words.append(self._word)
            self._count += 1
            if self._count > _MOST_WORDS:
                raise TooLong(f"has more than {_MOST_WORDS} words with all variables expanded")
        self._word = None
