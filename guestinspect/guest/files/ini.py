"""Files of sections and keys: those of systemd, and the key files of NetworkManager.

Source: systemd.syntax(7), systemd's conf-parser.c; GLib's gkeyfile.c, nm-settings-keyfile(5).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from guestinspect.disk.parse_cache import parse_once
from guestinspect.disk.tree import Tree, lines_of
from guestinspect.model.fact import Unknown

_LIMIT_BYTES = 128 * 1024
"""The longest file that is read, in bytes; the longest of a Debian guest has 7 KiB."""


class Malformed(Unknown):
    """A line that the program rejects; programs differ in what they do with the rest of the file."""


@dataclass(frozen=True)
class Entry:
    """A line ``key=value``.

    Args:
        key: The key.
        value: The value, without spaces around it.
        location: The file and the line: ``/etc/systemd/network/20-dhcp.network:2``.
    """

    key: str
    value: str
    location: str


@dataclass(frozen=True)
class Section:
    """A section of a file; another section may have the same name."""

    name: str
    location: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Ini:
    """A file of sections, followed by its drop-ins.

    Args:
        path: The path of the file itself.
        sections: The sections in their order.
    """

    path: str
    sections: tuple[Section, ...]

    def named(self, section: str) -> Iterator[Section]:
        """Yield the sections with this name."""
        return (found for found in self.sections if found.name == section)

    def entries(self, section: str, *keys: str) -> tuple[Entry, ...]:
        """Return all entries of these keys in all sections with this name."""
        return tuple(entry for found in self.named(section) for entry in found.entries if entry.key in keys)

    def last(self, section: str, key: str) -> Entry | None:
        """Return the last entry of a key, which is the effective one; None: there is no entry."""
        return next(reversed(self.entries(section, key)), None)

    def effective_entries(self, section: str, key: str) -> tuple[Entry, ...]:
        """Return the entries of a key with a list of values; an empty value drops the earlier entries."""
        remaining: list[Entry] = []
        for entry in self.entries(section, key):
            if entry.value:
                remaining.append(entry)
            else:
                remaining.clear()
        return tuple(remaining)


def split_words(value: str) -> tuple[str, ...]:
    """Return the words of a value. Quotes keep a word together; an open quote reaches to the end."""
    if '"' not in value and "'" not in value:
        return tuple(value.split())
    found: list[str] = []
    word: list[str] | None = None  # a list, since a string that grows letter by letter takes quadratic time
    quote = ""
    for character in value:
        if quote and character == quote:
            quote = ""
        elif not quote and character in "\"'":
            quote, word = character, word or []
        elif not quote and character.isspace():
            found += [] if word is None else ["".join(word)]
            word = None
        else:
            word = word or []
            word.append(character)
    return (*found, *([] if word is None else ["".join(word)]))


def read_systemd_file(tree: Tree, path: str) -> Ini:
    """Return a systemd configuration file without its drop-ins; invalid lines are skipped, as systemd does."""
    return _parse_systemd_file(path, tree.read(path, _LIMIT_BYTES) or b"")


def read_key_file(tree: Tree, path: str) -> Ini:
    """Return a GLib key file: ``#`` begins a comment, and lines are never continued.

    Raises:
        Malformed: GLib rejects a line, and therefore the file.
    """
    return _parse_key_file(path, tree.read(path, _LIMIT_BYTES) or b"")


@parse_once
def _parse_systemd_file(path: str, content: bytes) -> Ini:
    sections, _ = _parse_sections(path, _join_lines(content))
    return Ini(path, sections)


@parse_once
def _parse_key_file(path: str, content: bytes) -> Ini:
    bare = ((number, line.strip()) for number, line in lines_of(content))
    sections, invalid = _parse_sections(path, ((n, line) for n, line in bare if line and not line.startswith("#")))
    if invalid:
        raise Malformed(f"{invalid[0]} is neither a section nor a key with a value")
    return Ini(path, sections)


def _join_lines(content: bytes) -> Iterator[tuple[int, str]]:
    """Yield the lines without comments, joined where a backslash ends the line before.

    A comment between two joined lines does not end them. Source: systemd.syntax(7).
    """
    begun, parts = 0, list[str]()
    for number, line in lines_of(content):
        bare = line.strip()
        if bare.startswith(("#", ";")) or (not bare and not parts):
            continue
        begun = begun if parts else number
        is_continued = bare.endswith("\\")
        parts.append(bare.removesuffix("\\"))
        if not is_continued:
            yield begun, " ".join(parts)
            parts = []
    if parts:
        yield begun, " ".join(parts)


def _parse_sections(path: str, numbered: Iterator[tuple[int, str]]) -> tuple[tuple[Section, ...], list[str]]:
    """Return the sections, and the locations of the lines that are neither a section nor an entry of one."""
    sections: list[tuple[str, str, list[Entry]]] = []
    invalid: list[str] = []
    for number, line in numbered:
        location = f"{path}:{number}"
        key, is_entry, value = line.partition("=")
        if line.startswith("[") and line.endswith("]"):
            sections.append((line[1:-1], location, []))
        elif is_entry and sections and key.strip():
            sections[-1][2].append(Entry(key.strip(), value.strip(), location))
        else:
            invalid.append(location)
    return tuple(Section(name, location, tuple(entries)) for name, location, entries in sections), invalid
