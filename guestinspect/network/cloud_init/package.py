"""The cloud-init program in the guest: the renderers of its version, and the one that it selects.

Source: cloud-init's net/renderers.py, and ``available`` of net/eni.py, sysconfig.py, netplan.py, network_manager.py,
networkd.py, in versions 18.5 to 25.1.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
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
_SYSCONFIG_FILES = ("/etc/sysconfig/network-scripts/network-functions", "/etc/sysconfig/config")
_WITH_SYSCONFIG = (
    *("almalinux", "amazon", "centos", "cloudlinux", "eurolinux", "fedora", "miraclelinux", "openeuler", "rhel"),
    *("rocky", "suse", "opensuse", "sles", "virtuozzo", "openmandriva", "opencloudos", "tencentos", "redhat", "sle"),
)


class Renderer(StrEnum):
    """A format of the network configuration, by the name that cloud-init uses."""

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
class Selection:
    """The renderer that cloud-init selects; None if no one is available."""

    renderer: Renderer | None
    why: Step


def select_renderer(tree: Tree, units: Units, config: CloudConfig) -> Selection:
    """Return the first available renderer of cloud-init's list."""
    listed = config.get("system_info", "network", "renderers")
    names = listed if isinstance(listed, list) else list(_PRIORITY)
    location = config.location("system_info", "network", "renderers") if isinstance(listed, list) else ""
    package = _Package.find(tree)
    for renderer in (Renderer(name) for name in names if name in list(Renderer)):
        if package.has_renderer(renderer) and package.is_available(renderer, units):
            return Selection(
                renderer, Step(f"cloud-init writes the network configuration with its renderer {renderer}", location)
            )
    return Selection(None, Step("cloud-init finds no network program that it can configure", location))


def distribution_words(tree: Tree) -> tuple[str, ...]:
    """Return the words for the distribution in os-release, the most exact first (``ID``, then ``ID_LIKE``)."""
    for path in ("/etc/os-release", "/usr/lib/os-release"):
        values = dict(line.partition("=")[::2] for _, line in lines(tree, path) if "=" in line)
        words = f"{values.get('ID', '')} {values.get('ID_LIKE', '')}".replace('"', "").replace("'", "")
        if words.strip():
            return tuple(words.lower().split())
    return ("rhel",) if is_file(tree, "/etc/redhat-release") else ()


@dataclass(frozen=True)
class _Package:
    """The Python package ``cloudinit.net`` in the guest, which differs between versions.

    Args:
        tree: The files of the guest.
        folder: The folder of the package; empty if there is none: the version is then taken for a new one.
    """

    tree: Tree
    folder: str

    @classmethod
    def find(cls, tree: Tree) -> _Package:
        """Return the package in the folders of Python's libraries."""
        for library in ("/usr/lib", "/usr/local/lib"):
            for name in tree.names(library):
                for packages in _PACKAGES if name.startswith("python") else ():
                    folder = f"{library}/{name}/{packages}/cloudinit/net"
                    if tree.names(folder):
                        return cls(tree, folder)
        return cls(tree, "")

    def has_renderer(self, renderer: Renderer) -> bool:
        """Return True if this version has a renderer: two of them are newer than the others."""
        module = _MODULES.get(renderer)
        return not (self.folder and module) or is_file(self.tree, f"{self.folder}/{module}.py")

    def contains(self, module: str, word: bytes) -> bool | None:
        """Return True if the source of a module contains a word; None if the package was not found."""
        if not self.folder:
            return None
        content = self.tree.read(f"{self.folder}/{module}.py")
        if content is None:
            raise Unreadable(dirname(self.folder), f"cloud-init's module {module} is missing")
        return word in content

    def finds(self, name: str, folders: tuple[str, ...]) -> bool:
        """Return True if a program with this name is in one of these folders."""
        return any(is_file(self.tree, f"{folder}/{name}") for folder in folders)

    def is_available(self, renderer: Renderer, units: Units) -> bool:
        """Return True if this version of cloud-init finds the program that the renderer writes for."""
        match renderer:
            case Renderer.ENI:
                programs = all(self.finds(name, _SEARCH) for name in ("ifquery", "ifup", "ifdown"))
                return programs and is_file(self.tree, "/etc/network/interfaces")
            case Renderer.SYSCONFIG:
                return self.finds_sysconfig()
            case Renderer.NETPLAN:
                return self.finds("netplan", _SEARCH)
            case Renderer.NETWORK_MANAGER:
                if self.contains("network_manager", b"config_present") and not is_file(self.tree, _NM_CONFIG):
                    return False
                return self.finds("nmcli", _PATH) and units.starts("NetworkManager").is_started
            case Renderer.NETWORKD:
                return all(self.finds(name, ("/usr/sbin", "/bin")) for name in ("ip", "systemctl"))

    def finds_sysconfig(self) -> bool:
        """Return True if this version finds the network scripts or NetworkManager.

        Of NetworkManager, versions with ``available_nm`` need the configuration file, those with
        ``available_nm_ifcfg_rh`` the plugin for ifcfg files, and those with neither do not look for it.
        """
        if not any(word.startswith(_WITH_SYSCONFIG) for word in distribution_words(self.tree)[:1]):
            return False
        programs = all(self.finds(name, _SEARCH) for name in ("ifup", "ifdown"))
        if programs and any(is_file(self.tree, path) for path in _SYSCONFIG_FILES):
            return True
        if self.contains("sysconfig", b"def available_nm("):
            return is_file(self.tree, _NM_CONFIG)
        if self.contains("sysconfig", b"available_nm_ifcfg_rh") is False:
            return False
        return any(  # usr/lib*/NetworkManager/VERSION/libnm-settings-plugin-ifcfg-rh.so
            _NM_PLUGIN in self.tree.names(f"{library}/NetworkManager/{name}")
            for library in ("/usr/lib64", "/usr/lib")
            for name in self.tree.names(f"{library}/NetworkManager")
        )
