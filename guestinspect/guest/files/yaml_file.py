"""YAML files of a guest, parsed within limits: a hostile file must not take all memory or time."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from typing import Any, cast

import yaml

from guestinspect.disk.parse_cache import parse_once
from guestinspect.disk.tree import Tree, Unreadable, lines

_LIMIT_BYTES = 128 * 1024
"""The longest file that is parsed, in bytes: PyYAML takes ten seconds for a megabyte; Debian's cloud.cfg has 4 KiB."""

_SAFE: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_WORDS: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
"""The loaders in C, where PyYAML has them: they are ten times faster."""

_DEEPEST = 60
"""The number of levels of nested lists and mappings: merging them is recursive."""

_MOST_ALIASES = 12


def load(tree: Tree, path: str) -> object:
    """Return the content of a YAML file; None: the file is empty or does not exist.

    Raises:
        Unreadable: The file is not YAML, too long, or nested too deeply.
    """
    content = tree.read(path, _LIMIT_BYTES)
    return None if content is None else _parse_values(path, content)


def load_words(tree: Tree, path: str) -> object:
    """Return the content of a YAML file with every scalar as a string; None: it is empty or does not exist.

    YAML 1.1 takes a MAC address without quotes for a number in base 60. A program in C, such as netplan, sees the
    address.

    Raises:
        Unreadable: The file is not YAML, too long, or nested too deeply.
    """
    content = tree.read(path, _LIMIT_BYTES)
    return None if content is None else _parse_words(path, content)


def _parse(loader: Any, path: str, content: bytes) -> object:
    try:
        _require_limits(path, content)
        return cast("object", yaml.load(content, loader))  # noqa: S506 - both loaders create plain values only
    except (yaml.YAMLError, ValueError, TypeError, AttributeError, RecursionError, OverflowError) as error:
        raise Unreadable(path, f"it is not valid YAML ({type(error).__name__})") from error


_parse_values = parse_once(partial(_parse, _SAFE))
_parse_words = parse_once(partial(_parse, _WORDS))


def _require_limits(path: str, content: bytes) -> None:
    """Raise Unreadable if a file is nested too deeply, or its aliases may multiply its content.

    An alias within the value that it stands for would make merging endless.
    """
    aliases, anchors = 0, list[str | None]()
    for event in yaml.parse(content, Loader=_SAFE):
        if isinstance(event, yaml.CollectionStartEvent):
            anchors.append(event.anchor)
        elif isinstance(event, yaml.CollectionEndEvent):
            anchors.pop()
        elif isinstance(event, yaml.AliasEvent):
            aliases += 1
            if event.anchor in anchors or aliases > _MOST_ALIASES:
                raise Unreadable(path, f"it has more than {_MOST_ALIASES} aliases, or an alias of its own parent")
        if len(anchors) > _DEEPEST:
            raise Unreadable(path, f"it is nested more than {_DEEPEST} levels deep")


def below(value: object, *keys: str) -> object:
    """Return the value below these keys of nested mappings, or None."""
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def find_location(tree: Tree, path: str, *keys: str) -> str:
    """Return the file and line of a key; without the line if it was not found.

    Args:
        tree: The guest's files.
        path: The file.
        keys: The keys that lead to it, the outermost first.
    """
    remaining = list(keys)
    last_number = 0
    for number, line in lines(tree, path):
        if remaining and re.match(rf"\s*[-{{]?\s*[\"']?{re.escape(remaining[0])}[\"']?\s*:", line):
            remaining.pop(0)
            last_number = number
    return f"{path}:{last_number}" if last_number else path
