"""netplan: at boot it makes files for systemd-networkd and NetworkManager of its YAML.

Source: netplan's documentation ("YAML configuration", "How Netplan works"); its parse.c, networkd.c, nm.c, generate.c.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from posixpath import basename

from guestinspect.disk.tree import Tree, Unreadable, is_file
from guestinspect.guest.cloud_init.configuration import below
from guestinspect.guest.files import yaml_file
from guestinspect.guest.files.conf_files import list_conf_files
from guestinspect.model.fact import Unknown
from guestinspect.model.guest import Pin, Step
from guestinspect.network.naming import is_foreign
from guestinspect.network.netplan import conditions, newer, schema
from guestinspect.network.netplan import files as netplan_files
from guestinspect.network.netplan.files import Definition
from guestinspect.network.netplan.repeated import must_not_repeat
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
_AS_FAR_AS_ID = len(("network", "ethernets", "id"))
_MOST_FILES = 200
_MOST_BYTES = 512 * 1024
"""Of all files together: to parse it takes two seconds, and it is done several times."""
_MOST_DEFINITIONS = 1000
_MOST_ETHERNETS = 256
_MOST_IN_LIST = 1000
_ID = re.compile(r"[A-Za-z0-9_.:@-]{1,64}")


@dataclass(frozen=True)
class Generated:
    """What netplan makes at boot.

    Args:
        files: Content by path.
        why: Which file of the user's is behind each.
        pins: What in the YAML ties a NIC to one machine.
    """

    files: Mapping[str, bytes]
    why: tuple[Step, ...] = ()
    pins: tuple[tuple[str, Pin], ...] = ()


def generated(tree: Tree) -> Generated:
    """The files that netplan makes of its YAML when the guest boots; none if it is not there.

    Raises:
        Unknown: Its YAML cannot be read, or says what is not followed here.
    """
    if not is_active(tree):
        return Generated({})
    paths = _paths(tree)
    network = _sound(tree, paths)
    definitions = tuple(_definitions(tree, network, paths))
    files = {path: text.encode() for each in definitions for path, text in netplan_files.of(each).items()}
    of_networkd = [each for each in definitions if not each.is_for_network_manager]
    if of_networkd:
        files[_STARTS_NETWORKD] = b"[Unit]\n"
        files[_UNMANAGED] = _unmanaged(of_networkd).encode()
    if below(network, "renderer") == _NETWORK_MANAGER:
        files[_GLOBALLY_MANAGED] = b""
    why = tuple(Step(f"netplan makes {netplan_files.main_path(each)} of this", each.location) for each in definitions)
    return Generated(files, why, tuple(_ties(definitions)))


def foreign(made: Generated, nics: tuple[Nic, ...]) -> tuple[Pin, ...]:
    """The pins that are none of this instance's."""
    own = {nic.mac for nic in nics}
    return tuple(
        pin
        for value, pin in made.pins
        if (value.lower() not in own and re.fullmatch(r"[0-9A-Fa-f:]{17}", value)) or is_foreign(value, nics)
    )


def is_active(tree: Tree) -> bool:
    """Whether systemd runs netplan's generator."""
    return any(basename(path) == "netplan" for path in list_conf_files(tree, _GENERATORS, "netplan"))


def amended(before: object, after: object) -> object:
    """What two files say together: mappings are merged, lists joined, of anything else the later one holds."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        both = dict(before)
        for key, value in after.items():
            both[key] = amended(both[key], value) if key in both else value
        return both
    if isinstance(before, list) and isinstance(after, list):
        if len(before) + len(after) > _MOST_IN_LIST:
            raise Unknown(f"netplan would read a list of more than {_MOST_IN_LIST} values")
        return [*before, *(value for value in after if value not in before)]
    return after or before


def _paths(tree: Tree) -> tuple[str, ...]:
    """Its files in the order of their names; one in /run hides that of /etc, and that one of /lib."""
    first = {name: f"{folder}/{name}" for folder in reversed(_FOLDERS) for name in tree.names(folder)}
    names = [name for name in sorted(first) if name.endswith(".yaml") and not name.startswith(".")]
    if len(names) > _MOST_FILES:
        raise Unknown(f"netplan would read more than {_MOST_FILES} files")
    paths = tuple(first[name] for name in names)
    if sum(status.size_bytes for path in paths if (status := tree.status(path))) > _MOST_BYTES:
        raise Unknown(f"netplan would read more than {_MOST_BYTES} bytes")
    return paths


def _sound(tree: Tree, paths: tuple[str, ...]) -> object:
    """What all files say together. If one of them has a mistake, netplan before 1.1 makes nothing of any.

    Raises:
        Unknown: It may refuse them: a newer one may know what is not known here.
    """
    network: object = {}
    count = 0
    for path in paths:
        said = _said(tree, path)
        must_not_repeat(tree, path)
        _must_pass(tree, (path,), schema.file(said))
        own = below(said, "network") or {}
        network = amended(network, own)
        count += sum(1 for _ in conditions.definitions(own))
        if count > _MOST_DEFINITIONS:
            raise Unknown(f"netplan would read more than {_MOST_DEFINITIONS} definitions")
        _must_pass(tree, (path,), below_key("network", conditions.of_file(own, network)))
    _must_pass(tree, paths, below_key("network", conditions.of_all(network)))
    _must_pass(tree, paths, below_key("network", newer.of_old(tree, network)))
    if not is_file(tree, _OPEN_VSWITCH):
        _must_pass(tree, paths, below_key("network", conditions.needs_open_vswitch(network)))
    return network


def _must_pass(tree: Tree, paths: tuple[str, ...], faults: Iterator[Fault]) -> None:
    fault = next(faults, None)
    if fault is not None:
        raise Unknown(f"netplan may refuse all of its files: {_location(tree, paths, *fault.keys)} has {fault.what}")


def _said(tree: Tree, path: str) -> Mapping[str, object]:
    said = yaml_file.load_words(tree, path)
    if said is None:
        return {}
    if not isinstance(said, Mapping) or not isinstance(said.get("network", {}), Mapping):
        raise Unreadable(path, "it is no mapping with a network")
    return said


def _definitions(tree: Tree, network: object, paths: tuple[str, ...]) -> Iterator[Definition]:
    masters = dict(_masters(network))
    general = below(network, "renderer")
    ethernets = below(network, "ethernets") or {}
    if not isinstance(ethernets, Mapping):
        raise Unknown(f"{paths[0]} has ethernets that are no mapping")
    if len(ethernets) > _MOST_ETHERNETS:
        raise Unknown(f"netplan would configure more than {_MOST_ETHERNETS} interfaces")
    of_all = ethernets.get("renderer", general)
    for name, said in ethernets.items():
        if name == "renderer":
            continue
        if not isinstance(name, str) or not _ID.fullmatch(name) or not isinstance(said or {}, Mapping):
            raise Unknown(f"netplan would refuse {name!r} in {', '.join(map(basename, paths))}")
        renderer = below(said, "renderer") or of_all
        location = _location(tree, paths, "network", "ethernets", name)
        yield Definition(name, said or {}, renderer == _NETWORK_MANAGER, location, masters.get(name))


def _masters(network: object) -> Iterator[tuple[str, tuple[str, str]]]:
    """The bond or the bridge of each interface that is a part of one."""
    for kind, key in (("bonds", "Bond"), ("bridges", "Bridge")):
        group = below(network, kind)
        for name, said in group.items() if isinstance(group, Mapping) else ():
            parts = below(said, "interfaces")
            for part in parts if isinstance(parts, list) else ():
                yield str(part), (key, str(name))


def _location(tree: Tree, paths: tuple[str, ...], *keys: str) -> str:
    """The file and line that speak of what stands below these keys, of the last file that does."""
    for path in reversed(paths):
        if below(_said(tree, path), *keys[:_AS_FAR_AS_ID]) is not None:
            return yaml_file.find_location(tree, path, *keys)
    return paths[-1]


def _unmanaged(definitions: list[Definition]) -> str:
    """NetworkManager keeps its hands off what systemd-networkd is told to configure."""
    named = [f"mac:{each.mac}" if each.mac else f"interface-name:{each.matched_name or '*'}" for each in definitions]
    return f"[keyfile]\nunmanaged-devices+={';'.join(named)}\n"


def _ties(definitions: tuple[Definition, ...]) -> Iterator[tuple[str, Pin]]:
    for each in definitions:
        if each.mac:
            yield each.mac, Pin(f"MAC address {each.mac}", each.location)
        elif each.matched_name:
            yield each.matched_name, Pin(f"name {each.matched_name}", each.location)
