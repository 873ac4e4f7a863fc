"""The options with which a service of systemd starts its program.

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
class CommandWord:
    """An option with its argument, or a plain word.

    Args:
        option: ``-z`` or ``--allowinterfaces``; empty for a plain word.
        value: The argument of the option, or the word itself.
        location: The file and the line.
    """

    option: str
    value: str
    location: str


@dataclass(frozen=True)
class OptionSyntax:
    """The options that have an argument.

    Args:
        short: Their letters.
        long: Their names.
    """

    short: str
    long: frozenset[str]

    def parse(self, command: str, location: str) -> Iterator[CommandWord]:
        """Yield the words of a command after the program's name.

        Raises:
            Unknown: One of them depends on a variable.
        """
        rest = list(split_words(command)[1:_MOST_WORDS])
        while rest:
            word = rest.pop(0)
            if "$" in word:
                raise Unknown(f"{location}: the value of {word} is known only at boot")
            option, sign, value = word.partition("=")
            if word.startswith("--"):
                has_argument = not sign and option[2:] in self.long
                yield CommandWord(option, rest.pop(0) if has_argument and rest else value, location)
            elif word.startswith("-") and len(word) > 1:
                yield from self._parse_letters(word[1:], rest, location)
            else:
                yield CommandWord("", word, location)

    def _parse_letters(self, letters: str, rest: list[str], location: str) -> Iterator[CommandWord]:
        """Yield the options of one dash; the argument of the last one follows at once, or is the next word."""
        for position, letter in enumerate(letters):
            if letter in self.short:
                value = letters[position + 1 :] or (rest.pop(0) if rest else "")
                yield CommandWord(f"-{letter}", value, location)
                return
            yield CommandWord(f"-{letter}", "", location)


def read_command_words(tree: Tree, service: str, syntax: OptionSyntax) -> tuple[CommandWord, ...]:
    """Return the words after the program's name; none if systemd has no such service.

    Raises:
        Unknown: They depend on a variable.
    """
    unit = UnitFiles(tree).unit(f"{service}.service")
    commands = () if unit is None else unit.effective_settings("Service", "ExecStart")
    return tuple(word for command in commands for word in syntax.parse(command.value, command.location))
