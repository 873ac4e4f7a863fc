"""netplan: its generator makes files for systemd-networkd and NetworkManager at boot, from YAML files.

Source: netplan's documentation ("YAML configuration", "How Netplan works"); its parse.c, networkd.c, nm.c, generate.c.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from posixpath import basename

from guestinspect.disk.tree import Tree
from guestinspect.guest.files.conf_files import list_conf_files
from guestinspect.guest.files.yaml_file import below
from guestinspect.model.fact import Unknown
from guestinspect.model.guest import Pin, Step
from guestinspect.network.naming import is_foreign
from guestinspect.network.netplan.conditions import list_definitions
from guestinspect.network.netplan.files import Ethernet
from guestinspect.network.netplan.yaml_files import YamlFiles
from guestinspect.network.nic import Nic

_GENERATORS = tuple(
    f"{folder}/systemd/system-generators" for folder in ("/etc", "/run", "/usr/local/lib", "/usr/lib", "/lib")
)
_NETWORK_MANAGER = "NetworkManager"
_GLOBALLY_MANAGED = "/run/NetworkManager/conf.d/10-globally-managed-devices.conf"
_UNMANAGED = "/run/NetworkManager/conf.d/netplan.conf"
_STARTS_NETWORKD = "/run/systemd/generator/multi-user.target.wants/systemd-networkd.service"
_MASTERS = {"bonds": "Bond", "bridges": "Bridge"}
"""The keys of .network files by the sections of the YAML files."""
_MOST_ETHERNETS = 256
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
    yaml_files = YamlFiles.find(tree)
    network = yaml_files.read_network()
    ethernets = tuple(_list_ethernets(yaml_files, network))
    files = {path: text.encode() for each in ethernets for path, text in each.render().items()}
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
    why = (Step(f"netplan generates {each.main_path} from this definition", each.location) for each in ethernets)
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


def _list_ethernets(yaml_files: YamlFiles, network: object) -> Iterator[Ethernet]:
    """Yield the definitions of Ethernet interfaces, each with the bond or the bridge of which it is a part."""
    masters = {
        part: (_MASTERS[definition.kind], definition.name)
        for definition in list_definitions(network)
        if definition.kind in _MASTERS
        for part in definition.interfaces
    }
    ethernets = below(network, "ethernets") or {}
    if not isinstance(ethernets, Mapping):
        raise Unknown(f"{yaml_files.paths[0]} has ethernets that are not a mapping")
    if len(ethernets) > _MOST_ETHERNETS:
        raise Unknown(f"netplan would configure more than {_MOST_ETHERNETS} interfaces")
    # The renderer of a definition takes precedence over that of its section, and that over the renderer of the network.
    # Source: netplan(5), "renderer".
    general = ethernets.get("renderer", below(network, "renderer"))
    for name, settings in ethernets.items():
        if name == "renderer":
            continue
        if not isinstance(name, str) or not _ID.fullmatch(name) or not isinstance(settings or {}, Mapping):
            names = ", ".join(map(basename, yaml_files.paths))
            raise Unknown(
                f"netplan would refuse the interface {name!r} in {names}: its name or its settings are invalid"
            )
        renderer = below(settings, "renderer") or general
        location = yaml_files.location("network", "ethernets", name)
        yield Ethernet(name, settings or {}, renderer == _NETWORK_MANAGER, location, masters.get(name))
