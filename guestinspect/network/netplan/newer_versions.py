"""The settings that netplan knows since a certain version, and the version of a guest's distribution.

Source: netplan's parse.c, validation.c and networkd.c of each version; packages.debian.org, packages.ubuntu.com.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from guestinspect.disk.tree import Tree
from guestinspect.guest import distribution
from guestinspect.guest.files.yaml_file import below
from guestinspect.model.fact import Unknown
from guestinspect.network.netplan.conditions import Definition, list_definitions
from guestinspect.network.netplan.values import Fault, describe, mac

Version = tuple[int, int]

_LATEST: Mapping[str, tuple[tuple[int, Version], ...]] = {
    "debian": ((12, (0, 106)),),
    "ubuntu": ((20, (0, 104)), (23, (0, 107))),
}
"""By distribution: the last release with at most this version, updates included and backports excluded."""
_MAJOR = re.compile(r"[0-9]{1,4}")

_SECTIONS: Mapping[str, Version] = {"dummy-devices": (0, 107), "virtual-ethernets": (0, 107)}
_KEYS: Mapping[str, Version] = {"hairpin": (1, 0), "port-mac-learning": (1, 0), "ra-overrides": (1, 1)}
_OF_VRFS = frozenset({"renderer", "interfaces", "table", "routes", "routing-policy", "networkmanager", "openvswitch"})
_MORE_OF_VRFS: Version = (1, 0)
_MAC_IN_WORDS: Version = (1, 0)
_ADVERTISED_MSS: Version = (1, 1)
_SWITCH_MODE_ALONE: Version = (1, 0)
_STABLE_PRIVACY: Version = (1, 1)
"""In files for systemd-networkd."""


def check_version(tree: Tree, network: object) -> Iterator[Fault]:
    """Yield the settings that the guest's netplan is too old for.

    Args:
        tree: The files of the guest.
        network: The settings below ``network``; each value is valid.
    """
    used = [(since, _too_new(kind)) for kind, since in _SECTIONS.items() if below(network, kind) is not None]
    for definition in list_definitions(network):
        for since, fault in _list_newer(definition):
            used.append((since, Fault((definition.kind, definition.name, *fault.keys), fault.what)))
    latest = _latest_version(tree) if used else None
    yield from (fault for since, fault in used if latest and since > latest)


def _latest_version(tree: Tree) -> Version | None:
    """Return the newest netplan of the distribution; None if it may be any."""
    try:
        releases = _LATEST.get(distribution.find_distro(tree).value, ())
        major = _MAJOR.match(distribution.find_version(tree).value) if releases else None
    except Unknown:
        return None
    return next((latest for release, latest in releases if major and int(major[0]) <= release), None)


def _list_newer(definition: Definition) -> Iterator[tuple[Version, Fault]]:
    """Yield the settings of newer versions in a definition, each with its first version."""
    settings = definition.settings
    yield from ((since, _too_new(key)) for key, since in _KEYS.items() if key in settings)
    if definition.kind == "vrfs":
        yield from ((_MORE_OF_VRFS, _too_new(key)) for key in settings if key not in _OF_VRFS)
    if "macaddress" in settings and any(mac(settings["macaddress"])):
        yield _MAC_IN_WORDS, Fault(("macaddress",), f"{describe(settings['macaddress'])} instead of a MAC address")
    routes = settings.get("routes")
    if isinstance(routes, list) and any(below(route, "advertised-mss") is not None for route in routes):
        yield _ADVERTISED_MSS, Fault(("routes", "advertised-mss"), _too_new("advertised-mss").what)
    if settings.get("ipv6-address-generation") == "stable-privacy" and not definition.is_for_network_manager:
        yield _STABLE_PRIVACY, Fault(("ipv6-address-generation",), "'stable-privacy' for systemd-networkd")
    key = "embedded-switch-mode"
    if key in settings and "virtual-function-count" not in settings and not definition.has_virtual_functions:
        yield _SWITCH_MODE_ALONE, Fault((key,), f"{describe(key)} without virtual functions")


def _too_new(key: str) -> Fault:
    return Fault((key,), f"{describe(key)}, which only newer versions know")
