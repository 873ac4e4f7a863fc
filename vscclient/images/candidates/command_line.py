"""The command that is being typed: the part that is completed, by the grammar that the script of the shell contains.

The grammar is made from the parsers of the commands, when the script is printed, since their import takes a second.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from vscclient.images.candidates.shell_words import Word

FLAG = ""
"""The kind of the value of an option without a value."""

FILE = "file"
"""The kind of a word that the shell itself completes."""

Kind = str | list[str]
"""The kind of a value: a word such as ``image``, or all the texts that it can be."""

_PREFIX = ("vsc", "image")


@dataclass(frozen=True)
class CommandSyntax:
    """A command's options with the kind of the value of each, and the kinds of its arguments.

    Args:
        options: By their names, such as ``--waive``.
        arguments: In their order.
        repeats: True if the last argument can be repeated.
    """

    options: dict[str, Kind] = field(default_factory=dict)
    arguments: list[Kind] = field(default_factory=list)
    repeats: bool = False

    def kind_of(self, option: str) -> Kind:
        """Return the kind of an option's value. A beginning of the name that only one option has is enough."""
        if option in self.options:
            return self.options[option]
        names = [name for name in self.options if option.startswith("--") and name.startswith(option)]
        return self.options[names[0]] if len(names) == 1 else FLAG


@dataclass(frozen=True)
class Grammar:
    """The options of ``openstack`` itself, and our commands by their words, such as ``vsc image share``."""

    openstack: CommandSyntax
    commands: dict[str, CommandSyntax]

    def to_json(self) -> str:
        """Return the text for the script."""
        return json.dumps({"openstack": vars(self.openstack), **{k: vars(v) for k, v in self.commands.items()}})


def grammar_of(text: str) -> Grammar:
    """Return the grammar of a script."""
    commands: dict[str, Any] = {name: CommandSyntax(**fields) for name, fields in json.loads(text).items()}
    return Grammar(commands.pop("openstack"), commands)


@dataclass(frozen=True)
class Place:
    """The place of the word that is being typed.

    Args:
        command: The words of the command.
        kinds: Of what can stand there.
        prefix: What stands in the same word before it, such as ``--waive=``.
        login: The options of ``openstack`` itself, with their values.
        can_begin_with_dash: True if a text with ``-`` at its beginning is not taken for an option there.
    """

    command: str
    kinds: tuple[Kind, ...]
    prefix: str = ""
    login: dict[str, str] = field(default_factory=dict)
    can_begin_with_dash: bool = False


def find_place(words: Sequence[Word], grammar: Grammar) -> Place | None:
    """Return the place of the last word; None if the line is not one of our commands."""
    login: dict[str, str] = {}
    rest = list(words[1:])
    while len(rest) > 1 and rest[0].value.startswith("-"):
        option, equals, value = rest.pop(0).value.partition("=")
        if not equals and grammar.openstack.kind_of(option) != FLAG:
            value = rest.pop(0).value
        login[option] = value
    if not rest:
        return None
    *typed, word = rest
    values = [each.value for each in typed]
    for length in range(len(values), 0, -1):
        if command := grammar.commands.get(name := " ".join(values[:length])):
            return _Arguments(command, name, login).place_of(typed[length:], word)
    following = list(dict.fromkeys(_following(values, grammar)))
    return Place(" ".join(values), (following,), login=login) if following else None


def _following(values: list[str], grammar: Grammar) -> Iterator[str]:
    """Yield the words that can follow the beginning of a command."""
    for name in grammar.commands:
        words = name.split()
        if words[: len(values)] == values and len(words) > len(values):
            yield words[len(values)]


@dataclass
class _Arguments:
    """The words after a command.

    Args:
        count: Of the arguments that are complete.
        only_arguments: True after ``--``.
        waiting: The kind of the value that the last option waits for.
    """

    command: CommandSyntax
    name: str
    login: dict[str, str]
    count: int = 0
    only_arguments: bool = False
    waiting: Kind = FLAG

    def place_of(self, typed: Sequence[Word], word: Word) -> Place:
        for each in typed:
            self._pass(each)
        if word.is_file:
            return self._place(FILE)
        if self.waiting != FLAG:
            return self._place(self.waiting)
        option, equals, _ = word.value.partition("=")
        if option.startswith("-") and not self.only_arguments:
            if equals:
                return self._place(self.command.kind_of(option), prefix=f"{option}=", can_begin_with_dash=True)
            return self._place([name for name in self.command.options if name.startswith("--")])
        return self._place(*self._argument_kinds(), can_begin_with_dash=self.only_arguments)

    def _pass(self, word: Word) -> None:
        if word.is_file:
            return
        if self.waiting != FLAG:
            self.waiting = FLAG
        elif word.value == "--" and not self.only_arguments:
            self.only_arguments = True
        elif word.value.startswith("-") and not self.only_arguments:
            option, equals, _ = word.value.partition("=")
            self.waiting = FLAG if equals else self.command.kind_of(option)
        else:
            self.count += 1

    def _argument_kinds(self) -> Iterator[Kind]:
        arguments = self.command.arguments
        if self.count < len(arguments):
            yield arguments[self.count]
        elif arguments and self.command.repeats:
            yield arguments[-1]
        elif not self.only_arguments:
            yield [name for name in self.command.options if name.startswith("--")]

    def _place(self, *kinds: Kind, **fields: Any) -> Place:
        return Place(self.name, kinds, login=self.login, **fields)
