"""cloud-init's own configuration: cloud.cfg and cloud.cfg.d, merged as it merges them.

Source: cloud-init's util.py, ``read_conf_with_confd`` and ``mergemanydict``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from guestinspect.disk.tree import Tree, Unreadable, is_file
from guestinspect.guest.files import yaml_file

MAIN = "/etc/cloud/cloud.cfg"
FOLDER = "/etc/cloud/cloud.cfg.d"

_TEMPLATE = b"## template:"
_MERGERS = ("merge_how", "merge_type")

_MOST_BYTES = 512 * 1024
"""Of all files together: to parse it takes two seconds."""


@dataclass(frozen=True)
class CloudConfig:
    """What cloud-init is told.

    Args:
        tree: The guest, to find lines in.
        files: Those that say something, the one that wins first.
        merged: What they say together.
    """

    tree: Tree
    files: tuple[tuple[str, Mapping[str, object]], ...]
    merged: Mapping[str, object]

    def get(self, *keys: str) -> object:
        """What stands below these keys; None: nothing."""
        return below(self.merged, *keys)

    def location(self, *keys: str) -> str:
        """The file and line where that stands; of several files the one that wins."""
        path = next((path for path, said in self.files if below(said, *keys) is not None), MAIN)
        return yaml_file.location(self.tree, path, *keys)


def load(tree: Tree) -> CloudConfig:
    """The configuration of the guest's cloud-init.

    Raises:
        Unreadable: A file is no YAML, or one that is written only at boot (a template).
    """
    paths = [path for path in (*reversed(_parts(tree)), MAIN) if is_file(tree, path)]
    if sum(status.size_bytes for path in paths if (status := tree.status(path))) > _MOST_BYTES:
        raise Unreadable(FOLDER, f"what it holds is longer than {_MOST_BYTES} bytes")
    files = tuple((path, _mapping(tree, path)) for path in paths)
    merged: Mapping[str, object] = MappingProxyType({})
    for _, said in files:
        merged = merge(merged, said)
    return CloudConfig(tree, files, merged)


def below(said: object, *keys: str) -> object:
    """What stands below these keys of nested mappings; None: nothing."""
    for key in keys:
        said = said.get(key) if isinstance(said, Mapping) else None
    return said


def merge(stronger: Mapping[str, object], weaker: Mapping[str, object]) -> Mapping[str, object]:
    """Both together. Mappings are merged; of anything else, lists too, the stronger one stays."""
    merged = dict(stronger)
    for key, value in weaker.items():
        mine = merged.get(key)
        if isinstance(mine, Mapping) and isinstance(value, Mapping):
            merged[key] = merge(mine, value)
        elif key not in merged:
            merged[key] = value
    return merged


def _parts(tree: Tree) -> tuple[str, ...]:
    return tuple(f"{FOLDER}/{name}" for name in tree.names(FOLDER) if name.endswith(".cfg"))


def _mapping(tree: Tree, path: str) -> Mapping[str, object]:
    if (tree.head(path, len(_TEMPLATE)) or b"") == _TEMPLATE:
        raise Unreadable(path, "it is a template, which is filled in at boot")
    said = yaml_file.load(tree, path)
    if said is None:
        return {}
    if not isinstance(said, Mapping):
        raise Unreadable(path, "it is no mapping")
    if any(key in said for key in _MERGERS):
        raise Unreadable(path, "it says how it is merged with others")
    return said
