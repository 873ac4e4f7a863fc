"""The text in which LVM2 describes a volume group: sections in braces, numbers, strings and lists.

Source: lib/config/config.c of LVM2; lvm.conf(5) for the syntax.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TypeAlias

from guestinspect.disk.tree import Unreadable

Value: TypeAlias = "str | int | list[Value] | dict[str, Value]"

_MAX_DEPTH = 8
_WORDS = re.compile(r'[^\S\n]+|#[^\n]*|\n|"(?:[^"\\\n]|\\.)*"|[\[\]{}=,]|[^\s"#\[\]{}=,]+')
"""Space, comment, line feed, string, sign, word."""


def as_section(value: Value) -> Mapping[str, Value]:
    """Return a value that must be a section.

    Raises:
        Unreadable: It is not a section.
    """
    if not isinstance(value, dict):
        raise Unreadable("an LVM volume", "its description is not understood")
    return value


def get_number(section: Mapping[str, Value], key: str) -> int:
    """Return a value of a section that must exist and be a number.

    Raises:
        Unreadable: It is missing or not a number, or has more than 48 bits: no size or position is as large.
    """
    value = section.get(key)
    if not isinstance(value, int) or not 0 <= value < 2**48:
        raise Unreadable("an LVM volume", f"its description gives no {key}")
    return value


def parse(text: str) -> dict[str, Value]:
    """Return the sections at the top of a description: the volume groups.

    Raises:
        Unreadable: The text has another syntax.
    """
    words = [word for word in _WORDS.findall(text) if not word.isspace() and not word.startswith("#")]
    sections = _SectionParser(words).section(0)
    return {name: value for name, value in sections.items() if isinstance(value, dict)}


class _SectionParser:
    """A parser of the words of a description."""

    def __init__(self, words: list[str]) -> None:
        self._words = words
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
            elif sign == "=":
                value = self._next()
                section[name] = self._list() if value == "[" else _scalar(value)
            else:
                raise Unreadable("an LVM volume", "its description is not understood")
        return section

    def _list(self) -> Value:
        values: list[Value] = []
        while (word := self._next()) != "]":
            if word != ",":
                values.append(_scalar(word))
        return values

    def _next(self) -> str:
        if self._at >= len(self._words):
            raise Unreadable("an LVM volume", "its description is truncated")
        self._at += 1
        return self._words[self._at - 1]


def _scalar(word: str) -> str | int:
    if word.startswith('"'):
        return re.sub(r"\\(.)", r"\1", word[1:-1])
    # 18 digits fit into 64 bits; a longer number would take Python a while, and a size is never as large.
    return int(word) if word.isascii() and word.isdigit() and len(word) < 19 else word
