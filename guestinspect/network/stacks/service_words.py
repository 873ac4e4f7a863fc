"""What a service of systemd is started with: options, and what they are given.

Source: systemd.service(5), "Command lines"; getopt_long(3).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from guestinspect.disk.tree import Tree
from guestinspect.guest.files.ini import split_words
from guestinspect.guest.services.unit_files import UnitFiles
from guestinspect.model.fact import Unknown

_MOST_WORDS = 256


@dataclass(frozen=True)
class Word:
    """An option with what it is given, or a plain word.

    Args:
        option: ``-z``, ``--allowinterfaces``; empty: a plain word.
        value: Of the option, or the word itself.
    """

    option: str
    value: str
    location: str


@dataclass(frozen=True)
class Grammar:
    """Which options are given something.

    Args:
        short: Their letters.
        long: Their names.
    """

    short: str
    long: frozenset[str]


def started_with(tree: Tree, service: str, grammar: Grammar) -> tuple[Word, ...]:
    """The words behind the program's name; none, if systemd has no such service.

    Raises:
        Unknown: They hang on a variable.
    """
    unit = UnitFiles(tree).unit(f"{service}.service")
    commands = () if unit is None else unit.effective_settings("Service", "ExecStart")
    return tuple(word for command in commands for word in _parse(command.value, command.location, grammar))


def _parse(command: str, location: str, grammar: Grammar) -> Iterator[Word]:
    rest = list(split_words(command)[1:_MOST_WORDS])
    while rest:
        word = rest.pop(0)
        if "$" in word:
            raise Unknown(f"{location}: it cannot be told what {word} stands for")
        option, sign, value = word.partition("=")
        if word.startswith("--"):
            is_given = not sign and option[2:] in grammar.long
            yield Word(option, rest.pop(0) if is_given and rest else value, location)
        elif word.startswith("-") and len(word) > 1:
            yield from _letters(word[1:], rest, location, grammar)
        else:
            yield Word("", word, location)


def _letters(letters: str, rest: list[str], location: str, grammar: Grammar) -> Iterator[Word]:
    """Letters behind one dash; what the last of them is given stands behind it, or is the next word."""
    for position, letter in enumerate(letters):
        if letter in grammar.short:
            value = letters[position + 1 :] or (rest.pop(0) if rest else "")
            yield Word(f"-{letter}", value, location)
            return
        yield Word(f"-{letter}", "", location)
