"""The plugins by which NetworkManager reads other files than its own: ifcfg files, or Debian's interfaces.

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
"""The plugin is a package of its own since Fedora 36, and gone since RHEL 10."""
_FIRST_RHEL_WITHOUT = 10
_MAJOR = re.compile(r"[0-9]{1,5}")
_NOT_A_PROFILE = frozenset({"ifcfg-lo"})
_LIKE_DEBIAN = frozenset({"debian", "ubuntu", "devuan", "raspbian", "linuxmint", "kali"})
_DPKG = "/var/lib/dpkg/status"


def list_plugins(tree: Tree, configuration: Configuration) -> frozenset[str]:
    """Return the plugins that are configured and installed, and that have a file to read.

    NetworkManager skips a plugin that is not installed.

    Raises:
        Unknown: Whether a plugin is installed is unknown.
    """
    entry = configuration.entry("main", "plugins")
    configured = {IFCFG_RH, IFUPDOWN} if entry is None else set(_SEPARATOR.split(entry.value))
    return frozenset(plugin for plugin, is_usable in _CHECKS.items() if plugin in configured and is_usable(tree))


def _has_ifcfg_rh(tree: Tree) -> bool:
    """Return True if there are ifcfg files and the plugin for them.

    NetworkManager's libraries show it. If they are missing in the guest, the release of the distribution decides.
    """
    if not any(name.startswith(PREFIX) and name not in _NOT_A_PROFILE for name in tree.names(ifcfg_rh.FOLDER)):
        return False
    files = list(_libraries(tree))
    if files:
        return "libnm-settings-plugin-ifcfg-rh.so" in files
    distro = distribution.find_distro(tree).value
    major = _MAJOR.match(distribution.find_version(tree).value) if distro in _LIKE_RHEL else None
    first = _FIRST_WITHOUT.get(distro, _FIRST_RHEL_WITHOUT)
    if major is None or (distro == "fedora" and int(major[0]) >= first):
        raise Unknown(f"whether NetworkManager reads the ifcfg files in {ifcfg_rh.FOLDER} is unknown")
    return int(major[0]) < first


def _has_ifupdown(tree: Tree) -> bool:
    if not is_file(tree, INTERFACES):
        return False
    files = list(_libraries(tree))
    if files:
        return "libnm-settings-plugin-ifupdown.so" in files
    return is_file(tree, _DPKG) or distribution.find_distro(tree).value in _LIKE_DEBIAN


def _libraries(tree: Tree) -> Iterator[str]:
    """Yield NetworkManager's own libraries; none if they are missing in the guest."""
    for folder in _LIBRARIES:
        for version in tree.names(f"{folder}/NetworkManager"):
            if version[:1].isdigit():
                yield from tree.names(f"{folder}/NetworkManager/{version}")


_CHECKS = {IFCFG_RH: _has_ifcfg_rh, IFUPDOWN: _has_ifupdown}
