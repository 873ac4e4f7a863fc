"""Keys that a mapping of a YAML file has twice: netplan follows both, and the YAML reader here sees the last only."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

from guestinspect.disk.parse_cache import parse_once
from guestinspect.disk.tree import Tree
from guestinspect.model.fact import Unknown
from guestinspect.network.netplan.values import describe

_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


def require_unique_keys(tree: Tree, path: str) -> None:
    """Raise Unknown for a repeated key with a mapping or a list below it. Of plain values, netplan uses the last.

    Args:
        tree: The files of the guest.
        path: A file that was parsed before: it is neither long nor deep, and no alias contains itself.

    Raises:
        Unknown: There is such a key.
    """
    key = _find_repeated(path, tree.read(path) or b"")
    if key:
        raise Unknown(f"{key} a second time; netplan follows both")


@parse_once
def _find_repeated(path: str, content: bytes) -> str:
    """Return the location and the name of the first repeated key, or an empty text."""
    key = next(_list_repeated(yaml.compose(content, _LOADER)), None)
    return "" if key is None else f"{path}:{key.start_mark.line + 1} has {describe(key.value)}"


def _list_repeated(node: yaml.Node | None) -> Iterator[yaml.Node]:
    if isinstance(node, yaml.SequenceNode):
        for entry in node.value:
            yield from _list_repeated(entry)
    if not isinstance(node, yaml.MappingNode):
        return
    seen = set[str]()
    for key, value in node.value:
        if key.value in seen and not isinstance(value, yaml.ScalarNode):
            yield key
        seen.add(key.value)
        yield from _list_repeated(value)
