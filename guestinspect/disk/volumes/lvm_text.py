"""The text in which LVM2 describes a volume group: sections in braces, numbers, strings and lists.

Source: lib/config/config.c of LVM2.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TypeAlias

from guestinspect.disk.tree import Unreadable

Value: TypeAlias = "str | int | list[Value] | dict[str, Value]"

_MOST_NESTED = 8
_WORDS = re.compile(r'[^\S\n]+|#[^\n]*|\n|"(?:[^"\\\n]|\\.)*"|[\[\]{}=,]|[^\s"#\[\]{}=,]+')


def section(value: Value) -> Mapping[str, Value]:
    """A value that must be a section."""
    if not isinstance(value, dict):
        raise Unreadable("an LVM volume", "its description is not understood")
    return value


def number(of: Mapping[str, Value], key: str) -> int:
    """A value that must be there and be a number."""
    value = of.get(key)
    if not isinstance(value, int) or not 0 <= value < 2**48:
        raise Unreadable("an LVM volume", f"its description gives no {key}")
    return value


def parse(text: str) -> dict[str, Value]:
    """The sections of a description, at its top: the volume groups.

    Raises:
        Unreadable: It is not one.
    """
    words = [word for word in _WORDS.findall(text) if not word.isspace() and not word.startswith("#")]
    found = _SectionParser(words).section(0)
    return {name: value for name, value in found.items() if isinstance(value, dict)}


class _SectionParser:
    """Reads the words of a description, one after another."""

    def __init__(self, words: list[str]) -> None:
        self._words = words
        self._at = 0

    def section(self, depth: int) -> dict[str, Value]:
        """Up to the brace that closes it, or the end of the text."""
        found: dict[str, Value] = {}
        while self._at < len(self._words):
            name = self._next()
            if name == "}":
                break
            sign = self._next()
            if sign == "{" and depth < _MOST_NESTED:
                found[name] = self.section(depth + 1)
            elif sign == "=":
                found[name] = self._value()
            else:
                raise Unreadable("an LVM volume", "its description is not understood")
        return found

    def _value(self) -> Value:
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
            raise Unreadable("an LVM volume", "its description ends too early")
        self._at += 1
        return self._words[self._at - 1]


def _scalar(word: str) -> str | int:
    if word.startswith('"'):
        return re.sub(r"\\(.)", r"\1", word[1:-1])
    return int(word) if word.isascii() and word.isdigit() and len(word) < 19 else word
