"""The YAML files that netplan reads: their order, their settings together, the mistakes for which netplan refuses them.

Source: netplan-generate(8), "HANDLING MULTIPLE FILES"; netplan's parse.c and validation.c.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from guestinspect.disk.tree import Tree, Unreadable, is_file
from guestinspect.guest.files import yaml_file
from guestinspect.guest.files.yaml_file import below
from guestinspect.model.fact import Unknown
from guestinspect.network.netplan import conditions, newer_versions, schema
from guestinspect.network.netplan.duplicate_keys import require_unique_keys
from guestinspect.network.netplan.values import Fault, below_key

_FOLDERS = ("/run/netplan", "/etc/netplan", "/lib/netplan", "/usr/lib/netplan")
_OPEN_VSWITCH = "/usr/bin/ovs-vsctl"
_KEYS_TO_ID = len(("network", "ethernets", "id"))
_MOST_FILES = 200
_MOST_BYTES = 512 * 1024
"""Of all files together: parsing that many takes two seconds, and happens several times."""
_MOST_DEFINITIONS = 1000
_MOST_IN_LIST = 1000


@dataclass(frozen=True)
class YamlFiles:
    """The YAML files of a guest.

    Args:
        tree: The files of the guest.
        paths: The paths of the YAML files, in the order in which netplan reads them.
    """

    tree: Tree
    paths: tuple[str, ...]

    @classmethod
    def find(cls, tree: Tree) -> YamlFiles:
        """Return the YAML files in the order of their names; a file in /run hides one in /etc, and that one in /lib.

        Source: netplan-generate(8), "HANDLING MULTIPLE FILES".
        """
        first = {name: f"{folder}/{name}" for folder in reversed(_FOLDERS) for name in tree.names(folder)}
        names = [name for name in sorted(first) if name.endswith(".yaml") and not name.startswith(".")]
        if len(names) > _MOST_FILES:
            raise Unknown(f"netplan would read more than {_MOST_FILES} files")
        paths = tuple(first[name] for name in names)
        if sum(status.size_bytes for path in paths if (status := tree.status(path))) > _MOST_BYTES:
            raise Unknown(f"netplan would read more than {_MOST_BYTES} bytes")
        return cls(tree, paths)

    def read_network(self) -> object:
        """Return the settings of all files together.

        netplan before 1.1 generates nothing if one of the files has a mistake; and it resolves references while it
        reads, so that each file is checked with those before it.

        Raises:
            Unknown: netplan may refuse the files; a newer version may accept a setting that is not known here.
        """
        network: object = {}
        count = 0
        for path in self.paths:
            content = _load(self.tree, path)
            require_unique_keys(self.tree, path)
            of_file = YamlFiles(self.tree, (path,))
            of_file.require_valid(schema.file(content))
            own = below(content, "network") or {}
            network = merge(network, own)
            count += sum(1 for _ in conditions.list_definitions(own))
            if count > _MOST_DEFINITIONS:
                raise Unknown(f"netplan would read more than {_MOST_DEFINITIONS} definitions")
            of_file.require_valid(below_key("network", conditions.check_file(own, network)))
        self.require_valid(below_key("network", conditions.check_all(network)))
        self.require_valid(below_key("network", newer_versions.check_version(self.tree, network)))
        if not is_file(self.tree, _OPEN_VSWITCH):
            self.require_valid(below_key("network", conditions.check_without_open_vswitch(network)))
        return network

    def require_valid(self, faults: Iterator[Fault]) -> None:
        """Raise Unknown with the first of these faults, if there is one."""
        fault = next(faults, None)
        if fault is not None:
            raise Unknown(f"netplan may refuse all of its files: {self.location(*fault.keys)} has {fault.what}")

    def location(self, *keys: str) -> str:
        """Return the file and line of the settings below these keys, in the last file that has them."""
        for path in reversed(self.paths):
            if below(_load(self.tree, path), *keys[:_KEYS_TO_ID]) is not None:
                return yaml_file.find_location(self.tree, path, *keys)
        return self.paths[-1]


def merge(before: object, after: object) -> object:
    """Return the settings of two files: mappings are merged, lists joined; of other values the later one counts."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        both = dict(before)
        for key, value in after.items():
            both[key] = merge(both[key], value) if key in both else value
        return both
    if isinstance(before, list) and isinstance(after, list):
        if len(before) + len(after) > _MOST_IN_LIST:
            raise Unknown(f"netplan would read a list of more than {_MOST_IN_LIST} values")
        return [*before, *(value for value in after if value not in before)]
    return after or before


def _load(tree: Tree, path: str) -> Mapping[str, object]:
    content = yaml_file.load_words(tree, path)
    if content is None:
        return {}
    if not isinstance(content, Mapping) or not isinstance(content.get("network", {}), Mapping):
        raise Unreadable(path, "it is not a mapping with a network")
    return content
