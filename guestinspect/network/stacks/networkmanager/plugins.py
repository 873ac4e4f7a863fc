"""Which kinds of files NetworkManager reads besides its own: ifcfg files, or Debian's interfaces.

Source: NetworkManager.conf(5), "plugins"; NetworkManager's nm-config.c and nm-settings.c; the distributions' packages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from guestinspect.disk.tree import Tree, is_file
from guestinspect.guest import distribution
from guestinspect.model.fact import Unknown
from guestinspect.network.stacks.ifcfg.file import PREFIX
from guestinspect.network.stacks.networkmanager import ifcfg_rh
from guestinspect.network.stacks.networkmanager.configuration import Configuration
from guestinspect.network.stacks.networkmanager.interfaces import INTERFACES

IFCFG_RH = "ifcfg-rh"
IFUPDOWN = "ifupdown"

_LIBRARIES = ("/usr/lib64", "/usr/lib", "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu")
_SEPARATOR = re.compile(r"[,;\s]+")
_LIKE_RHEL = frozenset(
    {"rhel", "centos", "rocky", "almalinux", "ol", "scientific", "fedora", "eurolinux", "cloudlinux"}
)
_FIRST_WITHOUT = {"fedora": 36}
"""Since Fedora 36 the plugin is a package of its own; since RHEL 10 it is gone."""
_FIRST_RHEL_WITHOUT = 10
_MAJOR = re.compile(r"[0-9]{1,5}")
_ALWAYS_THERE = frozenset({"ifcfg-lo"})
_LIKE_DEBIAN = frozenset({"debian", "ubuntu", "devuan", "raspbian", "linuxmint", "kali"})
_DPKG = "/var/lib/dpkg/status"


def plugins(tree: Tree, configuration: Configuration) -> frozenset[str]:
    """The plugins that are asked for, are there, and have a file to read. One that is missing is passed over.

    Raises:
        Unknown: It cannot be told whether a plugin is there.
    """
    said = configuration.entry("main", "plugins")
    asked = {IFCFG_RH, IFUPDOWN} if said is None else set(_SEPARATOR.split(said.value))
    return frozenset(plugin for plugin, is_there in _ARE_THERE.items() if plugin in asked and is_there(tree))


def _has_ifcfg_rh(tree: Tree) -> bool:
    if not any(name.startswith(PREFIX) and name not in _ALWAYS_THERE for name in tree.names(ifcfg_rh.FOLDER)):
        return False
    files = list(_files(tree))
    return "libnm-settings-plugin-ifcfg-rh.so" in files if files else _is_of_its_time(tree)


def _has_ifupdown(tree: Tree) -> bool:
    if not is_file(tree, INTERFACES):
        return False
    files = list(_files(tree))
    return "libnm-settings-plugin-ifupdown.so" in files if files else is_file(tree, _DPKG) or _is_like_debian(tree)


def _files(tree: Tree) -> Iterator[str]:
    """NetworkManager's own libraries; none, if they were left out of the guest."""
    for folder in _LIBRARIES:
        for version in tree.names(f"{folder}/NetworkManager"):
            if version[:1].isdigit():
                yield from tree.names(f"{folder}/NetworkManager/{version}")


def _is_of_its_time(tree: Tree) -> bool:
    """Whether the distribution's NetworkManager has the plugin, for want of its libraries."""
    distro = distribution.find_distro(tree).value
    major = _MAJOR.match(distribution.find_version(tree).value) if distro in _LIKE_RHEL else None
    first = _FIRST_WITHOUT.get(distro, _FIRST_RHEL_WITHOUT)
    if major is None or (distro == "fedora" and int(major[0]) >= first):
        raise Unknown(f"it cannot be told whether NetworkManager reads the ifcfg files in {ifcfg_rh.FOLDER}")
    return int(major[0]) < first


def _is_like_debian(tree: Tree) -> bool:
    return distribution.find_distro(tree).value in _LIKE_DEBIAN


_ARE_THERE = {IFCFG_RH: _has_ifcfg_rh, IFUPDOWN: _has_ifupdown}
