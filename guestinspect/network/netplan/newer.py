"""What netplan knows since a version of its own, and which version a guest's distribution has.

Source: netplan's parse.c, validation.c and networkd.c of each version; packages.debian.org, packages.ubuntu.com.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from guestinspect.disk.tree import Tree
from guestinspect.guest import distribution
from guestinspect.guest.cloud_init.configuration import below
from guestinspect.model.fact import Unknown
from guestinspect.network.netplan.conditions import One, definitions, has_links
from guestinspect.network.netplan.values import Fault, mac, shown

Version = tuple[int, int]

_LATEST_OF: Mapping[str, tuple[tuple[int, Version], ...]] = {
    "debian": ((12, (0, 106)),),
    "ubuntu": ((20, (0, 104)), (23, (0, 107))),
}
"""By distribution: the last release that has no newer one, not even among its updates. Backports are passed over."""
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


def of_old(tree: Tree, network: object) -> Iterator[Fault]:
    """What the guest's netplan is too old for.

    Args:
        network: What stands below ``network``; each value is sound.
    """
    used = tuple(_used(network))
    latest = _latest(tree) if used else None
    yield from (fault for since, fault in used if latest and since > latest)


def _latest(tree: Tree) -> Version | None:
    """The newest netplan that the distribution has; None: it may be any."""
    try:
        releases = _LATEST_OF.get(distribution.find_distro(tree).value, ())
        major = _MAJOR.match(distribution.find_version(tree).value) if releases else None
    except Unknown:
        return None
    return next((latest for release, latest in releases if major and int(major[0]) <= release), None)


def _used(network: object) -> Iterator[tuple[Version, Fault]]:
    for kind, since in _SECTIONS.items():
        if below(network, kind) is not None:
            yield since, _too_new(kind)
    for (kind, name), one in definitions(network):
        for since, fault in (*_of_definition(one), *_of_virtual_functions(name, one)):
            yield since, Fault((kind, name, *fault.keys), fault.what)


def _of_definition(one: One) -> Iterator[tuple[Version, Fault]]:
    yield from ((since, _too_new(key)) for key, since in _KEYS.items() if key in one.said)
    if one.kind == "vrfs":
        yield from ((_MORE_OF_VRFS, _too_new(key)) for key in one.said if key not in _OF_VRFS)
    if "macaddress" in one.said and any(mac(one.said["macaddress"])):
        yield _MAC_IN_WORDS, Fault(("macaddress",), f"{shown(one.said['macaddress'])} where a MAC address should be")
    routes = one.said.get("routes")
    if isinstance(routes, list) and any(below(route, "advertised-mss") is not None for route in routes):
        yield _ADVERTISED_MSS, Fault(("routes", "advertised-mss"), _too_new("advertised-mss").what)
    if one.said.get("ipv6-address-generation") == "stable-privacy" and not one.is_for_network_manager:
        yield _STABLE_PRIVACY, Fault(("ipv6-address-generation",), "'stable-privacy' for systemd-networkd")


def _of_virtual_functions(name: str, one: One) -> Iterator[tuple[Version, Fault]]:
    key = "embedded-switch-mode"
    if key in one.said and "virtual-function-count" not in one.said and not has_links(name, one.network):
        yield _SWITCH_MODE_ALONE, Fault((key,), f"{shown(key)} without virtual functions")


def _too_new(key: str) -> Fault:
    return Fault((key,), f"{shown(key)}, which it does not know before a newer version")
