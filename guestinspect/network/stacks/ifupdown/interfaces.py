"""The file that ifupdown reads: /etc/network/interfaces, and what it includes.

Source: interfaces(5) of ifupdown, ifupdown2 and ifupdown-ng; ifupdown's config.c for what makes a file invalid.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import Enum
from posixpath import dirname

from guestinspect.disk.tree import Tree, is_file, lines
from guestinspect.model.fact import Unknown
from guestinspect.model.guest import Step
from guestinspect.network.stacks.ifupdown.shell_words import expanded

INTERFACES = "/etc/network/interfaces"

_MOST_FILES = 500
_MOST_LINES = 8_000
_MOST_NAMES = 2_000
_MOST_OPTIONS = 500
_METHODS = {
    "inet": {"loopback", "static", "manual", "dhcp", "bootp", "tunnel", "ppp", "wvdial", "ipv4ll"},
    "inet6": {"loopback", "auto", "static", "manual", "dhcp", "v4tunnel", "6to4", "tunnel"},
    "ipx": {"static", "dynamic"},
    "can": {"static"},
}
_LISTS = ("no-auto-down", "no-scripts")


class Grammar(Enum):
    """How a file is read."""

    STRICT = "ifupdown: a line that is not understood makes the file invalid"
    LENIENT = "ifupdown-ng: it is passed over"
    FILES_ONLY = "ifupdown2: it is passed over, and so are lines that include a folder"


@dataclass(frozen=True)
class Line:
    """A word of a line, or a line of a stanza, and where it stands."""

    text: str
    location: str


@dataclass(frozen=True)
class Stanza:
    """What is to be done with an interface: ``iface ens3 inet dhcp`` and the lines below it.

    Args:
        family: ``inet``; empty: not said.
        method: ``dhcp``; empty: not said.
        options: Keys and values, in their order.
        parent: The stanza that it inherits from, where the grammar leaves that to be resolved later.
    """

    name: str
    family: str
    method: str
    location: str
    options: list[tuple[str, Line]] = field(default_factory=list)
    parent: str = ""

    def values(self, *keys: str) -> tuple[Line, ...]:
        """The values of these options."""
        return tuple(value for key, value in self.options if key in keys)


@dataclass
class Interfaces:
    """What all the files say.

    Args:
        invalid: Why ifupdown refuses them all; None: it doesn't.
        classes: The names and patterns that are brought up together: ``auto``, ``hotplug``.
        mappings: The patterns of names that a script replaces, each with the script's lines.
        odd: A line of a lenient grammar that this reader does not understand.
    """

    invalid: Step | None = None
    stanzas: list[Stanza] = field(default_factory=list)
    by_name: dict[str, list[Stanza]] = field(default_factory=dict)
    classes: dict[str, list[Line]] = field(default_factory=dict)
    mappings: list[tuple[Line, list[Line]]] = field(default_factory=list)
    renamed: list[Line] = field(default_factory=list)
    odd: Step | None = None

    def of_class(self, name: str) -> tuple[Line, ...]:
        """The names and patterns of a class, in their order."""
        return tuple(self.classes.get(name, ()))

    def of_name(self, name: str) -> tuple[Stanza, ...]:
        """The stanzas of a name, in their order."""
        return tuple(self.by_name.get(name, ()))

    def add(self, stanza: Stanza) -> None:
        """Another stanza."""
        self.stanzas.append(stanza)
        self.by_name.setdefault(stanza.name, []).append(stanza)


def read_interfaces(tree: Tree, grammar: Grammar = Grammar.STRICT) -> Interfaces:
    """Read the file and all that it includes.

    Raises:
        Unreadable: One of them could not be read.
        Unknown: There are too many of them.
    """
    reader = _Reader(tree, grammar)
    try:
        reader.read(INTERFACES)
    except _InvalidError as invalid:
        reader.found.invalid = invalid.step
    return reader.found


class _InvalidError(Exception):
    """The rest of a file is not read; of the first one: ifupdown does nothing at all."""

    def __init__(self, what: str, location: str) -> None:
        super().__init__(what)
        self.step = Step(what, location)


class _Reader:
    """Reads one file after the other, each once.

    Args:
        tree: The guest's files.
        grammar: How a line is taken that is not understood.
    """

    def __init__(self, tree: Tree, grammar: Grammar) -> None:
        self.found = Interfaces()
        self._tree = tree
        self._grammar = grammar
        self._seen: set[str] = set()
        self._lines = 0
        self._count = 0
        self._includes = 0

    def read(self, path: str) -> None:
        if path in self._seen or not is_file(self._tree, path):
            return
        self._seen.add(path)
        if len(self._seen) > _MOST_FILES:
            raise Unknown(f"{INTERFACES} includes more than {_MOST_FILES} files")
        self._read_lines(path)

    def _read_lines(self, path: str) -> None:
        place: str = ""
        for line in _joined(self._tree, path):
            self._lines += 1
            if self._lines > _MOST_LINES:
                raise Unknown(f"{INTERFACES} and what it includes have more than {_MOST_LINES} lines")
            word, *rest = line.text.split(None, 1)
            place = self._take(Line(word, line.location), rest[0] if rest else "", place)

    def _take(self, word: Line, rest: str, place: str) -> str:
        """Take a line; returns what the next one belongs to: an ``iface``, a ``mapping`` or nothing."""
        if word.text == "source" or (word.text.startswith("source-dir") and self._grammar is not Grammar.FILES_ONLY):
            self._include(word, rest)
        elif word.text == "iface":
            self._begin(word, rest)
            return "iface"
        elif word.text == "mapping":
            self.found.mappings += [(pattern, []) for pattern in self._names(word, rest)]
            return "mapping"
        elif word.text == "auto" or (word.text.startswith("allow-") and word.text != "allow-"):
            return self._add_to_class(word, rest, place)
        elif word.text == "rename":
            self.found.renamed += self._names(word, rest)
        elif word.text not in _LISTS:
            self._take_option(word, rest, place)
            return place
        elif not rest:
            return place
        return ""

    def _add_to_class(self, word: Line, rest: str, place: str) -> str:
        is_about_stanza = not rest and place == "iface"
        names = self._names(word, self.found.stanzas[-1].name if is_about_stanza else rest)
        self.found.classes.setdefault(word.text.removeprefix("allow-"), []).extend(names)
        return place if is_about_stanza else ""

    def _names(self, word: Line, rest: str) -> list[Line]:
        """The names and patterns on a line."""
        names = [Line(name, word.location) for name in rest.split()]
        self._count += len(names)
        if self._count > _MOST_NAMES:
            raise Unknown(f"{INTERFACES} and what it includes name more than {_MOST_NAMES} interfaces")
        return names

    def _include(self, word: Line, rest: str) -> None:
        self._includes += 1
        if self._includes > _MOST_FILES:
            raise Unknown(f"{INTERFACES} and what it includes have more than {_MOST_FILES} lines that include others")
        folder = "" if rest.startswith("/") else dirname(word.location.rpartition(":")[0])
        for pattern in f"{folder}/{rest}".split():  # only the first of several is relative to the file's folder
            for path in expanded(self._tree, pattern):
                included = [path] if word.text == "source" else self._files_of(path)
                for one in included:
                    self._read_included(one)

    def _read_included(self, path: str) -> None:
        try:
            self.read(path)
        except _InvalidError as invalid:  # ifupdown warns, and goes on behind the line that included it
            self.found.odd = invalid.step

    def _files_of(self, folder: str) -> list[str]:
        """Of a whole folder only those files are read whose name is of ASCII letters, digits, ``_`` and ``-``."""
        names = self._tree.names(folder)
        return [
            f"{folder}/{name}"
            for name in names
            if name.isascii() and name.replace("_", "a").replace("-", "a").isalnum()
        ]

    def _begin(self, word: Line, rest: str) -> None:
        words = rest.split()
        if not words:
            raise _InvalidError("iface has no name", word.location)
        stanza = Stanza(words[0], "", "", word.location)
        if self._grammar is Grammar.STRICT:
            self.found.add(self._strict(stanza, words[1:]))
        else:
            self.found.add(_lenient(stanza, words[1:]))

    def _strict(self, stanza: Stanza, words: list[str]) -> Stanza:
        family = words.pop(0) if words and words[0] in _METHODS else ""
        method = words.pop(0) if family and words and words[0] in _METHODS[family] else ""
        inherits = words[:1] == ["inherits"]
        if not (family and method) and not inherits:
            raise _InvalidError(f"the iface line of {stanza.name} has no method that ifupdown knows", stanza.location)
        stanza = replace(stanza, family=family, method=method)
        if not inherits:
            return stanza
        parent = next(
            (one for one in self.found.of_name(words[1] if words[1:] else "") if family in ("", one.family)), None
        )
        if parent is None:
            raise _InvalidError(f"{stanza.name} inherits from an interface that is not there", stanza.location)
        return replace(
            stanza, family=family or parent.family, method=method or parent.method, options=list(parent.options)
        )

    def _take_option(self, word: Line, rest: str, place: str) -> None:
        if place == "iface" and rest:
            options = self.found.stanzas[-1].options
            options.append((word.text, Line(rest, word.location)))
            if len(options) > _MOST_OPTIONS:
                raise Unknown(f"{word.location}: a stanza has more than {_MOST_OPTIONS} lines")
        elif place == "mapping" and word.text in ("script", "map"):
            if self.found.mappings:
                self.found.mappings[-1][1].append(Line(rest, word.location))
        elif self._grammar is Grammar.STRICT:
            raise _InvalidError(f"ifupdown does not understand {word.text} here", word.location)
        else:
            self.found.odd = self.found.odd or Step(f"{word.text} is not understood", word.location)


def _lenient(stanza: Stanza, words: list[str]) -> Stanza:
    if words and words[0] in _METHODS:
        stanza = replace(stanza, family=words[0], method=words[1] if words[1:] else "static")
        words = words[2:]
    return replace(stanza, parent=" ".join(words))


def _joined(tree: Tree, path: str) -> Iterator[Line]:
    """The lines that are no comments; one that ends in a backslash goes on in the next, comment or not."""
    begun, begun_at = "", 0
    for number, line in lines(tree, path):
        text = line if begun else line.lstrip()
        if not begun and text.startswith("#"):
            continue
        begun_at = begun_at if begun else number
        begun += text
        if begun.endswith("\\"):
            begun = begun[:-1]
            continue
        if begun.strip():
            yield Line(begun.strip(), f"{path}:{begun_at}")
        begun = ""
    if begun.strip():
        yield Line(begun.strip(), f"{path}:{begun_at}")
