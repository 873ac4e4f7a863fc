"""cloud-init's program in the guest: which renderers this version has, and which of them it would take.

Source: cloud-init's net/renderers.py, and ``available`` of net/eni.py, sysconfig.py, netplan.py, network_manager.py,
networkd.py, in versions 18.5 to 25.1.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from posixpath import dirname

from guestinspect.disk.tree import Tree, Unreadable, is_file, lines
from guestinspect.guest.cloud_init.configuration import CloudConfig
from guestinspect.guest.services.units import Units
from guestinspect.model.guest import Step

_SEARCH = ("/sbin", "/usr/sbin")
_PATH = ("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")
_PACKAGES = ("dist-packages", "site-packages")
_NM_CONFIG = "/etc/NetworkManager/NetworkManager.conf"
_NM_PLUGIN = "libnm-settings-plugin-ifcfg-rh.so"
_OF_SYSCONFIG = (
    *("almalinux", "amazon", "centos", "cloudlinux", "eurolinux", "fedora", "miraclelinux", "openeuler", "rhel"),
    *("rocky", "suse", "opensuse", "sles", "virtuozzo", "openmandriva", "opencloudos", "tencentos", "redhat", "sle"),
)


class Renderer(StrEnum):
    """What it writes its network configuration for, by its own names."""

    ENI = "eni"
    SYSCONFIG = "sysconfig"
    NETPLAN = "netplan"
    NETWORK_MANAGER = "network-manager"
    NETWORKD = "networkd"


_PRIORITY = (
    Renderer.ENI,
    Renderer.SYSCONFIG,
    Renderer.NETPLAN,
    Renderer.NETWORK_MANAGER,
    Renderer.NETWORKD,
)
_MODULES = {Renderer.NETWORK_MANAGER: "network_manager", Renderer.NETWORKD: "networkd"}


@dataclass(frozen=True)
class Chosen:
    """The renderer that is taken; None: none is available."""

    renderer: Renderer | None
    why: Step


def choose(tree: Tree, units: Units, config: CloudConfig) -> Chosen:
    """The renderer that cloud-init takes: the first of its list that is available."""
    listed = config.get("system_info", "network", "renderers")
    names = listed if isinstance(listed, list) else list(_PRIORITY)
    location = config.location("system_info", "network", "renderers") if isinstance(listed, list) else ""
    package = _package(tree)
    for renderer in (Renderer(name) for name in names if name in list(Renderer)):
        if _is_known(tree, package, renderer) and _CHECKS[renderer](tree, units, package):
            return Chosen(renderer, Step(f"cloud-init writes for {renderer}", location))
    return Chosen(None, Step("cloud-init finds nothing that it could write for", location))


def distribution(tree: Tree) -> tuple[str, ...]:
    """The words of os-release that say which distribution it is, the most exact first; older forms give one."""
    for path in ("/etc/os-release", "/usr/lib/os-release"):
        said = dict(line.partition("=")[::2] for _, line in lines(tree, path) if "=" in line)
        words = f"{said.get('ID', '')} {said.get('ID_LIKE', '')}".replace('"', "").replace("'", "")
        if words.strip():
            return tuple(words.lower().split())
    return ("rhel",) if is_file(tree, "/etc/redhat-release") else ()


def _package(tree: Tree) -> str:
    """The folder of the network renderers; empty: not found, it is taken for a new one."""
    for folder in ("/usr/lib", "/usr/local/lib"):
        for name in tree.names(folder):
            for packages in _PACKAGES if name.startswith("python") else ():
                found = f"{folder}/{name}/{packages}/cloudinit/net"
                if tree.names(found):
                    return found
    return ""


def _is_known(tree: Tree, package: str, renderer: Renderer) -> bool:
    module = _MODULES.get(renderer)
    return not (package and module) or is_file(tree, f"{package}/{module}.py")


def _says(tree: Tree, package: str, module: str, word: bytes) -> bool | None:
    """Whether this version's source has a word; None: the source is not there."""
    if not package:
        return None
    content = tree.read(f"{package}/{module}.py")
    if content is None:
        raise Unreadable(dirname(package), "a part of cloud-init is missing")
    return word in content


def _has(tree: Tree, folders: tuple[str, ...], name: str) -> bool:
    return any(is_file(tree, f"{folder}/{name}") for folder in folders)


def _can_eni(tree: Tree, _units: Units, _package: str) -> bool:
    programs = all(_has(tree, _SEARCH, name) for name in ("ifquery", "ifup", "ifdown"))
    return programs and is_file(tree, "/etc/network/interfaces")


def _can_netplan(tree: Tree, _units: Units, _package: str) -> bool:
    return _has(tree, _SEARCH, "netplan")


def _can_sysconfig(tree: Tree, _units: Units, package: str) -> bool:
    if not any(word.startswith(_OF_SYSCONFIG) for word in distribution(tree)[:1]):
        return False
    programs = all(_has(tree, _SEARCH, name) for name in ("ifup", "ifdown"))
    if programs and any(map(partial(is_file, tree), _SYSCONFIG_FILES)):
        return True
    if _says(tree, package, "sysconfig", b"def available_nm("):
        return is_file(tree, _NM_CONFIG)
    return _says(tree, package, "sysconfig", b"available_nm_ifcfg_rh") is not False and _has_nm_plugin(tree)


_SYSCONFIG_FILES = ("/etc/sysconfig/network-scripts/network-functions", "/etc/sysconfig/config")


def _has_nm_plugin(tree: Tree) -> bool:
    """NetworkManager's plugin for ifcfg files, at ``usr/lib*/NetworkManager/*/``."""
    for library in ("/usr/lib64", "/usr/lib"):
        for name in tree.names(f"{library}/NetworkManager"):
            if _NM_PLUGIN in tree.names(f"{library}/NetworkManager/{name}"):
                return True
    return False


def _can_network_manager(tree: Tree, units: Units, package: str) -> bool:
    if _says(tree, package, "network_manager", b"config_present") and not is_file(tree, _NM_CONFIG):
        return False
    return _has(tree, _PATH, "nmcli") and units.starts("NetworkManager").is_started


def _can_networkd(tree: Tree, _units: Units, _package: str) -> bool:
    return all(_has(tree, ("/usr/sbin", "/bin"), name) for name in ("ip", "systemctl"))


_CHECKS: dict[Renderer, Callable[[Tree, Units, str], bool]] = {
    Renderer.ENI: _can_eni,
    Renderer.SYSCONFIG: _can_sysconfig,
    Renderer.NETPLAN: _can_netplan,
    Renderer.NETWORK_MANAGER: _can_network_manager,
    Renderer.NETWORKD: _can_networkd,
}
