"""cloud-init's configuration: cloud.cfg and cloud.cfg.d, merged as cloud-init merges them.

Source: cloud-init's util.py, ``read_conf_with_confd`` and ``mergemanydict``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from guestinspect.disk.tree import Tree, Unreadable, is_file
from guestinspect.guest.files import yaml_file
from guestinspect.guest.files.yaml_file import below

MAIN = "/etc/cloud/cloud.cfg"
FOLDER = "/etc/cloud/cloud.cfg.d"

_TEMPLATE = b"## template:"
_MERGERS = ("merge_how", "merge_type")

_MOST_BYTES = 512 * 1024
"""The size of all files together: parsing that much takes two seconds."""


@dataclass(frozen=True)
class CloudConfig:
    """The configuration of the guest's cloud-init.

    Args:
        tree: The guest's files, to find lines in.
        files: The content of each file by path, in order of precedence.
        merged: The merged content of all files.
    """

    tree: Tree
    files: tuple[tuple[str, Mapping[str, object]], ...]
    merged: Mapping[str, object]

    def get(self, *keys: str) -> object:
        """Return the value below these keys, or None."""
        return below(self.merged, *keys)

    def location(self, *keys: str) -> str:
        """Return the file and line of the value below these keys, in the file that takes precedence."""
        path = next((path for path, content in self.files if below(content, *keys) is not None), MAIN)
        return yaml_file.find_location(self.tree, path, *keys)


def load(tree: Tree) -> CloudConfig:
    """Return the configuration of the guest's cloud-init.

    Raises:
        Unreadable: A file is not YAML, or is a template that is only rendered at boot.
    """
    parts = [f"{FOLDER}/{name}" for name in reversed(tree.names(FOLDER)) if name.endswith(".cfg")]
    paths = [path for path in (*parts, MAIN) if is_file(tree, path)]
    if sum(status.size_bytes for path in paths if (status := tree.status(path))) > _MOST_BYTES:
        raise Unreadable(FOLDER, f"its files are longer than {_MOST_BYTES} bytes together")
    files = tuple((path, _read_mapping(tree, path)) for path in paths)
    merged: Mapping[str, object] = MappingProxyType({})
    for _, content in files:
        merged = merge(merged, content)
    return CloudConfig(tree, files, merged)


def merge(stronger: Mapping[str, object], weaker: Mapping[str, object]) -> Mapping[str, object]:
    """Return both mappings merged, with nested mappings; of other values, lists included, the stronger one stays."""
    merged = dict(stronger)
    for key, value in weaker.items():
        mine = merged.get(key)
        if isinstance(mine, Mapping) and isinstance(value, Mapping):
            merged[key] = merge(mine, value)
        elif key not in merged:
            merged[key] = value
    return merged


def _read_mapping(tree: Tree, path: str) -> Mapping[str, object]:
    if (tree.head(path, len(_TEMPLATE)) or b"") == _TEMPLATE:
        raise Unreadable(path, "it is a template that is rendered at boot")
    content = yaml_file.load(tree, path)
    if content is None:
        return {}
    if not isinstance(content, Mapping):
        raise Unreadable(path, "it is not a mapping")
    if any(key in content for key in _MERGERS):
        raise Unreadable(path, "it has its own rules for merging (merge_how)")
    return content
