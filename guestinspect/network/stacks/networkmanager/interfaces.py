"""Debian's interfaces file, as NetworkManager reads it: the devices that it names are left to ifupdown.

Source: NetworkManager's nms-ifupdown-plugin.c and nms-ifupdown-interface-parser.c.
"""

from __future__ import annotations

from collections.abc import Iterator
from posixpath import dirname, join

from guestinspect.disk.globs import fnmatchcase
from guestinspect.disk.tree import Tree, is_file, join_continued, lines
from guestinspect.model.fact import Unknown

INTERFACES = "/etc/network/interfaces"

_DEEPEST = 8
_MOST_FILES = 256
_GLOB = frozenset("*?[")
_NOT_A_DEVICE = frozenset({"all", "regex", "noregex", "none"})


def list_devices(tree: Tree) -> dict[str, str]:
    """Return the devices with a stanza of their own, and the ports of bridges: the location by name.

    NetworkManager has its own parser, which is less strict than ifupdown's: a stanza needs a family and a method, and a
    name that begins with ``br`` is a bridge.
    """
    locations: dict[str, str] = {}
    block = ""
    for location, words in _lines(tree):
        match words:
            case ["iface", name, _, _, *_]:
                block = name
                if not name.startswith("br") and name != "lo":
                    locations.setdefault(name, location)
            case ["mapping", *names]:
                block = ""
                locations.setdefault(" ".join(names), location)
            case ["bridge_ports" | "bridge-ports", *ports] if block.startswith("br"):
                for port in ports:
                    locations.setdefault(port, location)
            case [word, *_] if word == "auto" or word.startswith("allow-"):
                block = ""
    return {name: location for name, location in locations.items() if name not in _NOT_A_DEVICE}


def _lines(tree: Tree) -> Iterator[tuple[str, list[str]]]:
    """Yield the words of every line, of the sourced files too, after the location of the line."""
    read = 0
    waiting = [(INTERFACES, 0)]
    while waiting:
        path, depth = waiting.pop(0)
        read += 1
        if depth > _DEEPEST or read > _MOST_FILES:
            raise Unknown(f"{INTERFACES} includes more than {_MOST_FILES} files, or more than {_DEEPEST} in a chain")
        for number, line in join_continued(lines(tree, path)):
            words = line.split()
            if len(words) > 1 and words[0] in ("source", "source-directory"):
                waiting += [(file, depth + 1) for pattern in words[1:] for file in _expand(tree, path, pattern)]
            elif words and not words[0].startswith("#"):
                yield f"{path}:{number}", words


def _expand(tree: Tree, path: str, pattern: str) -> Iterator[str]:
    """Yield the files that match a pattern, and all files of a folder that matches."""
    folder, _, last = join(dirname(path), pattern).rstrip("/").rpartition("/")
    if _GLOB & set(folder) or "$" in pattern:
        raise Unknown(f"{path}: the pattern {pattern} is not supported here")
    for name in tree.names(folder or "/"):
        match = f"{folder}/{name}"
        if name == last or (fnmatchcase(name, last) and not name.startswith(".")):
            yield from [match] if is_file(tree, match) else (f"{match}/{inner}" for inner in tree.names(match))
