"""What Debian's interfaces file means to NetworkManager: the devices that it names are left to ifupdown.

Source: NetworkManager's nms-ifupdown-plugin.c and nms-ifupdown-interface-parser.c.
"""

from __future__ import annotations

from collections.abc import Iterator
from posixpath import dirname, join

from guestinspect.disk.globs import fnmatchcase
from guestinspect.disk.tree import Tree, is_file, lines
from guestinspect.model.fact import Unknown

INTERFACES = "/etc/network/interfaces"

_DEEPEST = 8
_MOST_FILES = 256
_GLOB = frozenset("*?[")
_NEITHER = frozenset({"all", "regex", "noregex", "none"})


def named_devices(tree: Tree) -> dict[str, str]:
    """The devices with a stanza of their own, and the ports of bridges, each with the place where it is named."""
    found: dict[str, str] = {}
    block = ""
    for location, words in _lines(tree):
        match words:
            case ["iface", name, _, _, *_]:
                block = name
                if not name.startswith("br") and name != "lo":
                    found.setdefault(name, location)
            case ["mapping", *names]:
                block = ""
                found.setdefault(" ".join(names), location)
            case ["bridge_ports" | "bridge-ports", *ports] if block.startswith("br"):
                for port in ports:
                    found.setdefault(port, location)
            case [word, *_] if word == "auto" or word.startswith("allow-"):
                block = ""
    return {name: location for name, location in found.items() if name not in _NEITHER}


def _lines(tree: Tree) -> Iterator[tuple[str, list[str]]]:
    """The words of every line, of the files that are sourced too."""
    read = 0
    waiting = [(INTERFACES, 0)]
    while waiting:
        path, depth = waiting.pop(0)
        read += 1
        if depth > _DEEPEST or read > _MOST_FILES:
            raise Unknown(f"{INTERFACES} has too many files in files")
        for number, line in _joined(tree, path):
            words = line.split()
            if len(words) > 1 and words[0] in ("source", "source-directory"):
                waiting += [(file, depth + 1) for pattern in words[1:] for file in _sourced(tree, path, pattern)]
            elif words and not words[0].startswith("#"):
                yield f"{path}:{number}", words


def _joined(tree: Tree, path: str) -> Iterator[tuple[int, str]]:
    """The lines, with those that a backslash continues."""
    begun, whole = 0, ""
    for number, line in lines(tree, path):
        begun = begun or number
        whole += line.removesuffix("\\")
        if not line.endswith("\\"):
            yield begun, whole
            begun, whole = 0, ""
    if whole:
        yield begun, whole


def _sourced(tree: Tree, path: str, pattern: str) -> Iterator[str]:
    """The files that a pattern means; all those of a folder, if it means one."""
    folder, _, last = join(dirname(path), pattern).rstrip("/").rpartition("/")
    if _GLOB & set(folder) or "$" in pattern:
        raise Unknown(f"{path}: it cannot be told what {pattern} means")
    for name in tree.names(folder or "/"):
        found = f"{folder}/{name}"
        if name == last or (fnmatchcase(name, last) and not name.startswith(".")):
            yield from [found] if is_file(tree, found) else (f"{found}/{inner}" for inner in tree.names(found))
