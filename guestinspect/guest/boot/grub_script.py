"""The language of GRUB's configuration, as far as it is needed to find a menu's entries.

Source: GRUB manual, "Writing full configuration files directly": words, quotes, variables, braces.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from guestinspect.model.fact import Unknown

_MOST_WORDS = 100_000
"""Of a configuration with its variables put in; the longest menu of a Debian or Rocky guest has 3,000."""

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


@dataclass(frozen=True)
class Statement:
    """One command.

    Args:
        line: On which it ends, counted from 1.
        words: The command and what follows it. A brace that opens a block ends a statement; one that closes it is
            a statement of its own.
    """

    line: int
    words: tuple[str, ...]


def parse_statements(text: str, value_of: Callable[[str], str]) -> Iterator[Statement]:
    """The commands, one after the other, so that a variable that one sets is known to the next.

    Args:
        value_of: The value of a variable; empty if it has none.

    Raises:
        Unknown: There are too many words, or one is too long.
    """
    line, words = 1, _Words()
    for token in _TOKEN.finditer(text):
        kind, content = token.lastgroup or "", token[0]
        if kind == "end" or (kind == "plain" and content in ("{", "}") and words.is_between):
            yield from words.statement(line, content)
        else:
            words.take(kind, token[kind], value_of)
        line += content.count("\n")
    yield from words.statement(line, "\n")


class _Words:
    """The words of the statement that is being read."""

    def __init__(self) -> None:
        self._words: list[str] = []
        self._word: str | None = None
        self._count = 0

    @property
    def is_between(self) -> bool:
        """Whether no word has been begun."""
        return self._word is None

    def statement(self, line: int, end: str) -> Iterator[Statement]:
        """What was read, if anything was; it ends here."""
        self._end_word()
        if end == "{":
            self._words.append(end)
        words, self._words = self._words, []
        if words:
            yield Statement(line, tuple(words))
        if end == "}":
            yield Statement(line, ("}",))

    def take(self, kind: str, content: str, value_of: Callable[[str], str]) -> None:
        """One more piece."""
        if kind in ("gap", "comment"):
            self._end_word()
        elif kind == "variable":  # without quotes its value is several words, if there are spaces in it
            self._take_words(value_of(content))
        elif kind == "double":
            self._append(_IN_DOUBLE_QUOTES.sub(lambda found: found[2] or value_of(found[1]), content))
        else:
            self._append(content)

    def _take_words(self, value: str) -> None:
        for number, word in enumerate(value.split()):
            if number:
                self._end_word()
            self._append(word)

    def _append(self, piece: str) -> None:
        self._word = (self._word or "") + piece
        if len(self._word) > _LONGEST_WORD:
            raise Unknown("a word of the boot loader's configuration is too long")

    def _end_word(self) -> None:
        if self._word is not None:
            self._words.append(self._word)
            self._count += 1
            if self._count > _MOST_WORDS:
                raise Unknown("the boot loader's configuration is too long")
        self._word = None
