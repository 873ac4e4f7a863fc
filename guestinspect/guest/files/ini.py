"""Files of sections and keys: systemd's (with drop-ins and masks), and the key files of NetworkManager.

Source: systemd.syntax(7), systemd's conf-parser.c and conf-files.c; GLib's gkeyfile.c, nm-settings-keyfile(5).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from guestinspect.disk.parse_cache import parse_once
from guestinspect.disk.tree import Tree, lines_of
from guestinspect.model.fact import Unknown

_LIMIT_BYTES = 128 * 1024
"""The longest file that is read, in bytes; the longest of a Debian guest has 7 KiB."""


class Malformed(Unknown):
    """A line that the program which reads the file refuses; what it makes of the rest differs."""


@dataclass(frozen=True)
class Entry:
    """One ``key=value``.

    Args:
        location: File and line: ``/etc/systemd/network/20-dhcp.network:2``.
    """

    key: str
    value: str
    location: str


@dataclass(frozen=True)
class Section:
    """A section as it stands there once; the next one may have the same name."""

    name: str
    location: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Ini:
    """A file of sections, its drop-ins behind it.

    Args:
        path: Of the file itself.
        sections: In their order.
    """

    path: str
    sections: tuple[Section, ...]

    def named(self, section: str) -> Iterator[Section]:
        """The sections of this name."""
        return (found for found in self.sections if found.name == section)

    def entries(self, section: str, *keys: str) -> tuple[Entry, ...]:
        """All entries of these keys, over all sections of the name."""
        return tuple(entry for found in self.named(section) for entry in found.entries if entry.key in keys)

    def last(self, section: str, key: str) -> Entry | None:
        """The entry that holds where the last one does; None: there is none."""
        return next(reversed(self.entries(section, key)), None)

    def effective_entries(self, section: str, key: str) -> tuple[Entry, ...]:
        """The entries of a key that gathers its values; an empty one drops those before it."""
        kept: list[Entry] = []
        for entry in self.entries(section, key):
            if entry.value:
                kept.append(entry)
            else:
                kept.clear()
        return tuple(kept)


def split_words(value: str) -> tuple[str, ...]:
    """The words of a value; quotes hold one together. An open quote reaches to the end."""
    if '"' not in value and "'" not in value:
        return tuple(value.split())
    found: list[str] = []
    word: list[str] | None = None  # its letters: a text that grows by one letter after the other takes for ever
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
    """A file of systemd's, without its drop-ins. A line that systemd does not understand is passed over, as it does."""
    return _systemd_file(path, tree.read(path, _LIMIT_BYTES) or b"")


def read_key_file(tree: Tree, path: str) -> Ini:
    """A key file of GLib's: ``#`` begins a comment, nothing is continued.

    Raises:
        Malformed: There is a line that GLib refuses, and with it the file.
    """
    return _key_file(path, tree.read(path, _LIMIT_BYTES) or b"")


@parse_once
def _systemd_file(path: str, content: bytes) -> Ini:
    return Ini(path, _sections(path, _joined(content), _passed_over))


@parse_once
def _key_file(path: str, content: bytes) -> Ini:
    bare = ((number, line.strip()) for number, line in lines_of(content))
    return Ini(path, _sections(path, ((n, line) for n, line in bare if line and not line.startswith("#")), _refused))


def _joined(content: bytes) -> Iterator[tuple[int, str]]:
    """The lines that say something, each with those that continue it (a backslash ends the line before)."""
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


def _sections(path: str, said: Iterator[tuple[int, str]], refuse: Callable[[str], None]) -> tuple[Section, ...]:
    found: list[tuple[str, str, list[Entry]]] = []
    for number, line in said:
        location = f"{path}:{number}"
        key, is_entry, value = line.partition("=")
        if line.startswith("[") and line.endswith("]"):
            found.append((line[1:-1], location, []))
        elif is_entry and found and key.strip():
            found[-1][2].append(Entry(key.strip(), value.strip(), location))
        else:
            refuse(location)
    return tuple(Section(name, location, tuple(entries)) for name, location, entries in found)


def _passed_over(_location: str) -> None:
    """Nothing is done about a line that is no entry."""


def _refused(location: str) -> None:
    raise Malformed(f"{location} is no section and no key with a value")
