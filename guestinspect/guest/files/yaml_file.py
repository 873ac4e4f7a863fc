"""YAML files of a guest, read with care."""

from __future__ import annotations

import re
from typing import Any, cast

import yaml

from guestinspect.disk.parse_cache import parse_once
from guestinspect.disk.tree import Tree, Unreadable, lines

_LIMIT_BYTES = 128 * 1024
"""The longest file that is parsed, in bytes: PyYAML takes ten seconds for a megabyte; Debian's cloud.cfg has 4 KiB."""

_SAFE: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_WORDS: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
"""In C where PyYAML was built with it: ten times faster."""

_DEEPEST = 60
"""How deep lists and mappings may stand in each other: what merges them recurs."""

_MOST_ALIASES = 12


def load(tree: Tree, path: str) -> object:
    """What a YAML file says; None: nothing, or there is no such file.

    Raises:
        Unreadable: It is no YAML, too long, or too deep.
    """
    content = tree.read(path, _LIMIT_BYTES)
    return None if content is None else _values(path, content)


def load_words(tree: Tree, path: str) -> object:
    """The same, but every number and every yes is left as the word that stands there.

    A MAC address without quotes is a number to YAML 1.1, in base 60; what reads the file in C sees the address.
    """
    content = tree.read(path, _LIMIT_BYTES)
    return None if content is None else _words(path, content)


@parse_once
def _values(path: str, content: bytes) -> object:
    return _parsed(content, path, _SAFE)


@parse_once
def _words(path: str, content: bytes) -> object:
    return _parsed(content, path, _WORDS)


def _parsed(content: bytes, path: str, loader: Any) -> object:
    try:
        if _depth(content) > _DEEPEST:
            raise Unreadable(path, f"it is more than {_DEEPEST} levels deep")
        return cast("object", yaml.load(content, loader))  # noqa: S506 - both make plain values only
    except (yaml.YAMLError, ValueError, TypeError, AttributeError, RecursionError, OverflowError) as broken:
        raise Unreadable(path, f"it is no YAML ({type(broken).__name__})") from broken


def _depth(content: bytes) -> int:
    """How deep it is. Aliases are few and stand in nothing that they name: what merges would never end."""
    deepest, aliases, opened = 0, 0, list[str | None]()
    for event in yaml.parse(content, Loader=_SAFE):
        if isinstance(event, yaml.CollectionStartEvent):
            opened.append(event.anchor)
        elif isinstance(event, yaml.CollectionEndEvent):
            opened.pop()
        elif isinstance(event, yaml.AliasEvent):
            aliases += 1
            if event.anchor in opened or aliases > _MOST_ALIASES:
                raise yaml.YAMLError(f"more than {_MOST_ALIASES} aliases, or one in itself")
        deepest = max(deepest, len(opened))
        if deepest > _DEEPEST:
            break
    return deepest


def location(tree: Tree, path: str, *keys: str) -> str:
    """Where these keys stand in a file, each below the one before: file and line; without a line if not found."""
    wanted = list(keys)
    number_found = 0
    for number, line in lines(tree, path):
        if wanted and re.match(rf"\s*[-{{]?\s*[\"']?{re.escape(wanted[0])}[\"']?\s*:", line):
            wanted.pop(0)
            number_found = number
    return f"{path}:{number_found}" if number_found else path
