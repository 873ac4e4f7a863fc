"""The file that ifupdown reads: /etc/network/interfaces, and the files that it includes.

Source: interfaces(5) of ifupdown, ifupdown2 and ifupdown-ng; ifupdown's config.c for lines that make a file invalid.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import Enum
from posixpath import dirname

from guestinspect.disk.tree import Tree, is_file, lines
from guestinspect.model.fact import Unknown
from guestinspect.model.guest import Step
from guestinspect.network.stacks.ifupdown.shell_words import expand

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
_NAME = re.compile(r"[A-Za-z0-9_-]+")
"""The names of the files of a folder that are read."""
_LISTS = ("no-auto-down", "no-scripts")


class Syntax(Enum):
    """The way in which a program reads the file."""

    STRICT = "ifupdown: a line that it does not understand makes the file invalid"
    LENIENT = "ifupdown-ng: it ignores such a line"
    FILES_ONLY = "ifupdown2: it ignores such a line, and lines that include a folder"


@dataclass(frozen=True)
class Line:
    """A word of a line, or a line of a stanza.

    Args:
        text: The word or the line.
        location: The file and the line.
    """

    text: str
    location: str


@dataclass(frozen=True)
class Stanza:
    """The configuration of an interface: ``iface ens3 inet dhcp`` and the lines below it.

    Args:
        name: The name of the interface.
        family: ``inet``; empty if the line has none.
        method: ``dhcp``; empty if the line has none.
        location: The file and the line.
        options: The keys and values, in order.
        parent: The stanza from which it inherits, where the program resolves that later.
    """

    name: str
    family: str
    method: str
    location: str
    options: list[tuple[str, Line]] = field(default_factory=list)
    parent: str = ""

    def values(self, *keys: str) -> tuple[Line, ...]:
        """Return the values of these options."""
        return tuple(value for key, value in self.options if key in keys)


@dataclass
class Interfaces:
    """The contents of all files.

    Args:
        invalid: The reason why ifupdown refuses them all; None if it does not.
        stanzas: The stanzas, in order.
        by_name: The stanzas by the name of the interface.
        classes: The names and patterns that are brought up together: ``auto``, ``hotplug``.
        mappings: The patterns of names that a script replaces, each with the lines for the script.
        renamed: The names that ifupdown changes: ``OLD=NEW``.
        odd: A line of a lenient syntax that is not understood here.
        patterns: The lines ``source`` that do not name a file that exists.
    """

    invalid: Step | None = None
    stanzas: list[Stanza] = field(default_factory=list)
    by_name: dict[str, list[Stanza]] = field(default_factory=dict)
    classes: dict[str, list[Line]] = field(default_factory=dict)
    mappings: list[tuple[Line, list[Line]]] = field(default_factory=list)
    renamed: list[Line] = field(default_factory=list)
    odd: Step | None = None
    patterns: list[Line] = field(default_factory=list)

    def of_class(self, name: str) -> tuple[Line, ...]:
        """Return the names and patterns of a class, in order."""
        return tuple(self.classes.get(name, ()))

    def of_name(self, name: str) -> tuple[Stanza, ...]:
        """Return the stanzas of an interface, in order."""
        return tuple(self.by_name.get(name, ()))

    def find_rename(self, name: str) -> Line | None:
        """Return the line that may rename a NIC from or to this name; None if there is none.

        Source: interfaces(5), "INTERFACE RENAMING". The old name can be a pattern, which has a slash.
        """
        return next((line for line in self.renamed if "/" in line.text or name in line.text.split("=", 1)), None)


def read_interfaces(tree: Tree, syntax: Syntax = Syntax.STRICT) -> Interfaces:
    """Return the contents of the file and of all files that it includes.

    Raises:
        Unreadable: A file could not be read.
        Unknown: There are too many files or lines.
    """
    reader = _Reader(tree, syntax)
    try:
        reader.read(INTERFACES)
    except _InvalidFile as invalid:
        reader.contents.invalid = invalid.step
    return reader.contents


class _InvalidFile(Exception):
    """A mistake: the rest of the file is not read. If it is the first file, ifupdown does nothing at all."""

    def __init__(self, what: str, location: str) -> None:
        super().__init__(what)
        self.step = Step(what, location)


class _Reader:
    """A reader that reads each file once.

    Args:
        tree: The files of the guest.
        syntax: The way in which the program reads the file.
    """

    def __init__(self, tree: Tree, syntax: Syntax) -> None:
        self.contents = Interfaces()
        self._tree = tree
        self._syntax = syntax
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
        block = ""
        for line in _join_continued(self._tree, path):
            self._lines += 1
            if self._lines > _MOST_LINES:
                raise Unknown(f"{INTERFACES} and the files that it includes have more than {_MOST_LINES} lines")
            word, *rest = line.text.split(None, 1)
            block = self._read_line(Line(word, line.location), rest[0] if rest else "", block)

    def _read_line(self, word: Line, rest: str, block: str) -> str:
        """Read a line; return the block to which the next line belongs: ``iface``, ``mapping`` or none.

        As in ifupdown's config.c, a line of options belongs to the last block, and any other keyword ends the block.
        """
        if word.text == "source" or (word.text.startswith("source-dir") and self._syntax is not Syntax.FILES_ONLY):
            self._include(word, rest)
        elif word.text == "iface":
            self._begin_stanza(word, rest)
            return "iface"
        elif word.text == "mapping":
            self.contents.mappings += [(pattern, []) for pattern in self._names(word, rest)]
            return "mapping"
        elif word.text == "auto" or (word.text.startswith("allow-") and word.text != "allow-"):
            # Without a name, and in a stanza, the line is about the stanza's interface and does not end the stanza.
            is_about_stanza = not rest and block == "iface"
            names = self._names(word, self.contents.stanzas[-1].name if is_about_stanza else rest)
            self.contents.classes.setdefault(word.text.removeprefix("allow-"), []).extend(names)
            return block if is_about_stanza else ""
        elif word.text == "rename":
            self.contents.renamed += self._names(word, rest)
        elif word.text not in _LISTS:
            self._add_option(word, rest, block)
            return block
        elif not rest:
            return block
        return ""

    def _names(self, word: Line, rest: str) -> list[Line]:
        """Return the names and patterns on a line."""
        names = [Line(name, word.location) for name in rest.split()]
        self._count += len(names)
        if self._count > _MOST_NAMES:
            raise Unknown(f"{INTERFACES} and the files that it includes name more than {_MOST_NAMES} interfaces")
        return names

    def _include(self, word: Line, rest: str) -> None:
        self._includes += 1
        if self._includes > _MOST_FILES:
            raise Unknown(f"{INTERFACES} and the files that it includes have more than {_MOST_FILES} source lines")
        if word.text == "source" and not is_file(self._tree, rest):
            self.contents.patterns.append(Line(rest, word.location))
        folder = "" if rest.startswith("/") else dirname(word.location.rpartition(":")[0])
        for pattern in f"{folder}/{rest}".split():  # only the first of several is relative to the file's folder
            paths = list(expand(self._tree, pattern, word.location))
            if word.text != "source":
                paths = [f"{path}/{name}" for path in paths for name in self._tree.names(path) if _NAME.fullmatch(name)]
            for path in paths:
                try:
                    self.read(path)
                except _InvalidFile as invalid:  # ifupdown warns, and goes on after the line that included the file
                    self.contents.odd = invalid.step

    def _begin_stanza(self, word: Line, rest: str) -> None:
        name, *words = rest.split() or [""]
        if not name:
            raise _InvalidFile("the iface line has no name", word.location)
        stanza = Stanza(name, "", "", word.location)
        if self._syntax is Syntax.STRICT:
            stanza = self._strict(stanza, words)
        else:
            if words and words[0] in _METHODS:
                stanza = replace(stanza, family=words[0], method=words[1] if words[1:] else "static")
                words = words[2:]
            stanza = replace(stanza, parent=" ".join(words))
        self.contents.stanzas.append(stanza)
        self.contents.by_name.setdefault(stanza.name, []).append(stanza)

    def _strict(self, stanza: Stanza, words: list[str]) -> Stanza:
        family = words.pop(0) if words and words[0] in _METHODS else ""
        method = words.pop(0) if family and words and words[0] in _METHODS[family] else ""
        inherits = words[:1] == ["inherits"]
        if not (family and method) and not inherits:
            raise _InvalidFile(f"the iface line of {stanza.name} has no method that ifupdown knows", stanza.location)
        stanza = replace(stanza, family=family, method=method)
        if not inherits:
            return stanza
        candidates = self.contents.of_name(words[1] if words[1:] else "")
        parent = next((each for each in candidates if family in ("", each.family)), None)
        if parent is None:
            raise _InvalidFile(f"{stanza.name} inherits from an interface that is not defined", stanza.location)
        return replace(
            stanza, family=family or parent.family, method=method or parent.method, options=list(parent.options)
        )

    def _add_option(self, word: Line, rest: str, block: str) -> None:
        if block == "iface" and rest:
            options = self.contents.stanzas[-1].options
            options.append((word.text, Line(rest, word.location)))
            if len(options) > _MOST_OPTIONS:
                name = self.contents.stanzas[-1].name
                raise Unknown(f"{word.location}: the stanza of {name} has more than {_MOST_OPTIONS} lines")
        elif block == "mapping" and word.text in ("script", "map"):
            if self.contents.mappings:
                self.contents.mappings[-1][1].append(Line(rest, word.location))
        elif self._syntax is Syntax.STRICT:
            raise _InvalidFile(f"ifupdown does not understand {word.text} here", word.location)
        else:
            self.contents.odd = self.contents.odd or Step(f"{word.text} is not understood", word.location)


def _join_continued(tree: Tree, path: str) -> Iterator[Line]:
    """Yield the lines that are not comments; a line that ends in a backslash goes on in the next, comment or not."""
    joined, first = "", 0
    for number, line in lines(tree, path):
        text = line if joined else line.lstrip()
        if not joined and text.startswith("#"):
            continue
        first = first if joined else number
        joined += text
        if joined.endswith("\\"):
            joined = joined[:-1]
            continue
        if joined.strip():
            yield Line(joined.strip(), f"{path}:{first}")
        joined = ""
    if joined.strip():
        yield Line(joined.strip(), f"{path}:{first}")
