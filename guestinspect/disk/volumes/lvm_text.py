"""The text in which LVM2 describes a volume group: sections in braces, numbers, strings and lists.

Source: lib/config/config.c of LVM2; lvm.conf(5) for the syntax.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from guestinspect.disk.tree import Unreadable

Value: TypeAlias = "str | int | list[Value] | dict[str, Value]"

_MAX_DEPTH = 8
_MAX_QUOTED = 80
"""Characters of a text that a message quotes."""

_WORDS = re.compile(r'[^\S\n]+|#[^\n]*|\n|"(?:[^"\\\n]|\\.)*"|[\[\]{}=,]|[^\s"#\[\]{}=,]+')
"""Space, comment, line feed, string, sign, word."""


@dataclass(frozen=True)
class MetadataSection:
    """A section of a description.

    Args:
        path: Its name after those of the sections around it: "vg0/logical_volumes/root".
        values: Its content.
        source: The volume whose metadata the text is: "partition 2".
    """

    path: str
    values: Mapping[str, Value]
    source: str

    def section(self, name: str) -> MetadataSection:
        """Return a section in this one; an empty section if it is missing.

        Raises:
            Unreadable: The name stands for another kind of value.
        """
        value = self.values.get(name, {})
        if not isinstance(value, dict):
            raise self.unreadable(f"{quote(name)} is not a section")
        return MetadataSection(f"{self.path}/{name}", value, self.source)

    def sections(self) -> Iterator[tuple[str, MetadataSection]]:
        """The sections in this one, by name; nothing else may be there.

        Raises:
            Unreadable: Something else is there.
        """
        for name in self.values:
            yield name, self.section(name)

    def number(self, name: str) -> int:
        """Return a number that must be in the section.

        Raises:
            Unreadable: It is missing or not a number, or has more than 48 bits: no size or position is as large.
        """
        value = self.values.get(name)
        if not isinstance(value, int) or not 0 <= value < 2**48:
            raise self.unreadable(f"{name} is not a valid number")
        return value

    def unreadable(self, why: str) -> Unreadable:
        """Return an error that names the section.

        Args:
            why: The cause, as a clause.
        """
        return _unreadable(self.source, f"in section {quote(self.path)}, {why}")


def parse(text: str, source: str) -> dict[str, MetadataSection]:
    """Return the sections at the top of a description, by name: the volume groups.

    Args:
        text: The description.
        source: Names the volume whose metadata it is, for messages.

    Raises:
        Unreadable: The text has another syntax.
    """
    words = [word for word in _WORDS.findall(text) if not word.isspace() and not word.startswith("#")]
    sections = _SectionParser(words, source).section(0)
    return {name: MetadataSection(name, value, source) for name, value in sections.items() if isinstance(value, dict)}


class _SectionParser:
    """A parser of the words of a description."""

    def __init__(self, words: list[str], source: str) -> None:
        self._words = words
        self._source = source
        self._at = 0

    def section(self, depth: int) -> dict[str, Value]:
        """Parse up to the brace that closes the section, or to the end of the text.

        The depth is limited, because a hostile text may nest as deep as the recursion limit of Python.
        """
        section: dict[str, Value] = {}
        while self._at < len(self._words):
            name = self._next()
            if name == "}":
                break
            sign = self._next()
            if sign == "{" and depth < _MAX_DEPTH:
                section[name] = self.section(depth + 1)
            elif sign == "{":
                raise _unreadable(self._source, f"its sections are nested more than {_MAX_DEPTH} deep")
            elif sign == "=":
                section[name] = self.value()
            else:
                raise _unreadable(self._source, f"{quote(name)} is followed by {quote(sign)} instead of a value")
        return section

    def value(self) -> Value:
        """Parse a string, a number, or a list of them in brackets."""
        word = self._next()
        if word != "[":
            return _scalar(word)
        values: list[Value] = []
        while (word := self._next()) != "]":
            if word != ",":
                values.append(_scalar(word))
        return values

    def _next(self) -> str:
        if self._at >= len(self._words):
            raise _unreadable(self._source, f"it ends after {quote(self._words[-1])}, where a value is missing")
        self._at += 1
        return self._words[self._at - 1]


def _scalar(word: str) -> str | int:
    if word.startswith('"'):
        return re.sub(r"\\(.)", r"\1", word[1:-1])
    # 18 digits fit into 64 bits; a longer number would take Python a while, and a size is never as large.
    return int(word) if word.isascii() and word.isdigit() and len(word) < 19 else word


def quote(text: object) -> str:
    """Return a hostile text in quotes and in ASCII, shortened, for a message."""
    return ascii(str(text)[:_MAX_QUOTED])


def _unreadable(source: str, why: str) -> Unreadable:
    return Unreadable(f"the LVM metadata on {source}", why)
