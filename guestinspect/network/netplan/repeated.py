"""What stands twice in one mapping of a YAML file: netplan follows both, and what reads YAML here sees the last."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

from guestinspect.disk.parse_cache import parse_once
from guestinspect.disk.tree import Tree
from guestinspect.model.fact import Unknown
from guestinspect.network.netplan.values import shown

_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


def must_not_repeat(tree: Tree, path: str) -> None:
    """Looks for keys that stand twice with mappings or lists below them. Of plain values, netplan takes the last, too.

    Args:
        path: A file that was parsed before: it is neither long nor deep, and stands in itself nowhere.

    Raises:
        Unknown: There is one.
    """
    found = _first(path, tree.read(path) or b"")
    if found:
        raise Unknown(f"{found} a second time; netplan follows both")


@parse_once
def _first(path: str, content: bytes) -> str:
    """The first that is repeated, and where; empty: nothing is."""
    key = next(_repeated(yaml.compose(content, _LOADER)), None)
    return "" if key is None else f"{path}:{key.start_mark.line + 1} has {shown(key.value)}"


def _repeated(node: yaml.Node | None) -> Iterator[yaml.Node]:
    if isinstance(node, yaml.SequenceNode):
        for entry in node.value:
            yield from _repeated(entry)
    if not isinstance(node, yaml.MappingNode):
        return
    seen = set[str]()
    for key, value in node.value:
        if key.value in seen and not isinstance(value, yaml.ScalarNode):
            yield key
        seen.add(key.value)
        yield from _repeated(value)
