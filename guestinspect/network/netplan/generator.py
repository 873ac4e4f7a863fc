"""netplan: its generator makes files for systemd-networkd and NetworkManager at boot, from YAML files.

Source: netplan's documentation ("YAML configuration", "How Netplan works"); its parse.c, networkd.c, nm.c, generate.c.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from posixpath import basename

from guestinspect.disk.tree import Tree, Unreadable, is_file
from guestinspect.guest.files import yaml_file
from guestinspect.guest.files.conf_files import list_conf_files
from guestinspect.guest.files.yaml_file import below
from guestinspect.model.fact import Unknown
from guestinspect.model.guest import Pin, Step
from guestinspect.network.naming import is_foreign
from guestinspect.network.netplan import conditions, newer_versions, schema
from guestinspect.network.netplan import files as netplan_files
from guestinspect.network.netplan.duplicate_keys import require_unique_keys
from guestinspect.network.netplan.files import Ethernet
from guestinspect.network.netplan.values import Fault, below_key
from guestinspect.network.nic import Nic

_GENERATORS = tuple(
    f"{folder}/systemd/system-generators" for folder in ("/etc", "/run", "/usr/local/lib", "/usr/lib", "/lib")
)
_FOLDERS = ("/run/netplan", "/etc/netplan", "/lib/netplan", "/usr/lib/netplan")
_NETWORK_MANAGER = "NetworkManager"
_GLOBALLY_MANAGED = "/run/NetworkManager/conf.d/10-globally-managed-devices.conf"
_UNMANAGED = "/run/NetworkManager/conf.d/netplan.conf"
_STARTS_NETWORKD = "/run/systemd/generator/multi-user.target.wants/systemd-networkd.service"
_OPEN_VSWITCH = "/usr/bin/ovs-vsctl"
_KEYS_TO_ID = len(("network", "ethernets", "id"))
_MOST_FILES = 200
_MOST_BYTES = 512 * 1024
"""Of all files together: parsing that many takes two seconds, and happens several times."""
_MOST_DEFINITIONS = 1000
_MOST_ETHERNETS = 256
_MOST_IN_LIST = 1000
_ID = re.compile(r"[A-Za-z0-9_.:@-]{1,64}")


@dataclass(frozen=True)
class GeneratedFiles:
    """The files that netplan generates at boot.

    Args:
        files: Content by path.
        why: The location of the definition behind each file.
        pins: The settings of the YAML files that tie a NIC to one machine, each after its MAC address or name.
    """

    files: Mapping[str, bytes]
    why: tuple[Step, ...] = ()
    pins: tuple[tuple[str, Pin], ...] = ()


def generate(tree: Tree) -> GeneratedFiles:
    """Return the files that netplan generates when the guest boots; none if netplan is not installed.

    Raises:
        Unknown: netplan may refuse its YAML files, or they have settings that are not supported here.
    """
    if not is_active(tree):
        return GeneratedFiles({})
    paths = _list_paths(tree)
    network = _read_network(tree, paths)
    ethernets = tuple(_list_ethernets(tree, network, paths))
    files = {path: text.encode() for each in ethernets for path, text in netplan_files.render(each).items()}
    of_networkd = [each for each in ethernets if not each.is_for_network_manager]
    if of_networkd:
        matches = [
            f"mac:{each.mac}" if each.mac else f"interface-name:{each.final_name or '*'}" for each in of_networkd
        ]
        # The generator also starts networkd, whether it is enabled or not, and keeps NetworkManager away from its NICs.
        # Source: netplan's networkd.c and nm.c.
        files[_STARTS_NETWORKD] = b"[Unit]\n"
        files[_UNMANAGED] = f"[keyfile]\nunmanaged-devices+={';'.join(matches)}\n".encode()
    if below(network, "renderer") == _NETWORK_MANAGER:
        files[_GLOBALLY_MANAGED] = b""
    why = (
        Step(f"netplan generates {netplan_files.main_path(each)} from this definition", each.location)
        for each in ethernets
    )
    return GeneratedFiles(files, tuple(why), tuple(pin for each in ethernets if (pin := each.pin) is not None))


def foreign_pins(generated: GeneratedFiles, nics: tuple[Nic, ...]) -> tuple[Pin, ...]:
    """Return the pins that are not those of this instance's NICs."""
    own = {nic.mac for nic in nics}
    return tuple(
        pin
        for value, pin in generated.pins
        if (value.lower() not in own and re.fullmatch(r"[0-9A-Fa-f:]{17}", value)) or is_foreign(value, nics)
    )


def is_active(tree: Tree) -> bool:
    """Return True if systemd runs netplan's generator."""
    return any(basename(path) == "netplan" for path in list_conf_files(tree, _GENERATORS, "netplan"))


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


def _list_paths(tree: Tree) -> tuple[str, ...]:
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
    return paths


def _read_network(tree: Tree, paths: tuple[str, ...]) -> object:
    """Return the settings of all files together.

    netplan before 1.1 generates nothing if one of the files has a mistake; and it resolves references while it reads,
    so that each file is checked with those before it.

    Raises:
        Unknown: netplan may refuse the files; a newer version may accept a setting that is not known here.
    """
    network: object = {}
    count = 0
    for path in paths:
        content = _load(tree, path)
        require_unique_keys(tree, path)
        _require_valid(tree, (path,), schema.file(content))
        own = below(content, "network") or {}
        network = merge(network, own)
        count += sum(1 for _ in conditions.list_definitions(own))
        if count > _MOST_DEFINITIONS:
            raise Unknown(f"netplan would read more than {_MOST_DEFINITIONS} definitions")
        _require_valid(tree, (path,), below_key("network", conditions.check_file(own, network)))
    _require_valid(tree, paths, below_key("network", conditions.check_all(network)))
    _require_valid(tree, paths, below_key("network", newer_versions.check_version(tree, network)))
    if not is_file(tree, _OPEN_VSWITCH):
        _require_valid(tree, paths, below_key("network", conditions.check_without_open_vswitch(network)))
    return network


def _require_valid(tree: Tree, paths: tuple[str, ...], faults: Iterator[Fault]) -> None:
    fault = next(faults, None)
    if fault is not None:
        raise Unknown(f"netplan may refuse all of its files: {_location(tree, paths, *fault.keys)} has {fault.what}")


def _load(tree: Tree, path: str) -> Mapping[str, object]:
    content = yaml_file.load_words(tree, path)
    if content is None:
        return {}
    if not isinstance(content, Mapping) or not isinstance(content.get("network", {}), Mapping):
        raise Unreadable(path, "it is not a mapping with a network")
    return content


def _list_ethernets(tree: Tree, network: object, paths: tuple[str, ...]) -> Iterator[Ethernet]:
    masters = dict(_list_masters(network))
    ethernets = below(network, "ethernets") or {}
    if not isinstance(ethernets, Mapping):
        raise Unknown(f"{paths[0]} has ethernets that are not a mapping")
    if len(ethernets) > _MOST_ETHERNETS:
        raise Unknown(f"netplan would configure more than {_MOST_ETHERNETS} interfaces")
    general = ethernets.get("renderer", below(network, "renderer"))
    for name, settings in ethernets.items():
        if name == "renderer":
            continue
        if not isinstance(name, str) or not _ID.fullmatch(name) or not isinstance(settings or {}, Mapping):
            raise Unknown(f"netplan would refuse {name!r} in {', '.join(map(basename, paths))}")
        renderer = below(settings, "renderer") or general
        location = _location(tree, paths, "network", "ethernets", name)
        yield Ethernet(name, settings or {}, renderer == _NETWORK_MANAGER, location, masters.get(name))


def _list_masters(network: object) -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield the bond or the bridge of each interface that is a part of one."""
    for kind, key in (("bonds", "Bond"), ("bridges", "Bridge")):
        group = below(network, kind)
        for name, settings in group.items() if isinstance(group, Mapping) else ():
            parts = below(settings, "interfaces")
            for part in parts if isinstance(parts, list) else ():
                yield str(part), (key, str(name))


def _location(tree: Tree, paths: tuple[str, ...], *keys: str) -> str:
    """Return the file and line of the settings below these keys, in the last file that has them."""
    for path in reversed(paths):
        if below(_load(tree, path), *keys[:_KEYS_TO_ID]) is not None:
            return yaml_file.find_location(tree, path, *keys)
    return paths[-1]
