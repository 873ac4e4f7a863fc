"""The cloud-init program in the guest: the renderers of its version, and the one that it selects.

What distributions patch is read from the guest's own Python files. Source: cloud-init's net/renderers.py, and
``available`` of net/eni.py, sysconfig.py, netplan.py, network_manager.py, networkd.py, in versions 0.7.7 to 26.2.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum

from guestinspect.disk.tree import Tree, is_file, lines
from guestinspect.guest.cloud_init.configuration import CloudConfig
from guestinspect.guest.cloud_init.python_package import PythonPackage, function_of, strings_of
from guestinspect.guest.services.units import Units
from guestinspect.model.fact import Unknown
from guestinspect.model.guest import Step
from guestinspect.network.cloud_init.renderers import Details

_SEARCH = ("/sbin", "/usr/sbin")
_PATH = ("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")
_NM_CONFIG = "/etc/NetworkManager/NetworkManager.conf"
_NM_PLUGIN = "libnm-settings-plugin-ifcfg-rh.so"
_SYSCONFIG_FILES = ("etc/sysconfig/network-scripts/network-functions", "etc/sysconfig/config")
_SUSE = ("suse", "opensuse", "sle")
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
_MODULES = {renderer: str(renderer).replace("-", "_") for renderer in Renderer}
_PROGRAMS = {
    Renderer.ENI: (("ifquery", "ifup", "ifdown"), _SEARCH),
    Renderer.SYSCONFIG: (("ifup", "ifdown"), _SEARCH),
    Renderer.NETPLAN: (("netplan",), _SEARCH),
    Renderer.NETWORKD: (("ip", "systemctl"), ("/usr/sbin", "/bin")),
}
"""The programs that upstream's ``available`` searches for, and the folders."""

_INTERFACES = "/etc/network/interfaces"
_INTERFACES_FILE = re.compile(
    r"""(?:["']eni["'][ ]{0,4}:|network_conf_fn[ ]{0,4}=)[ ]{0,4}["'](/etc/network/[^"'\n]{1,100})["']"""
)
_NM_CONTROLLED = re.compile(r"""["']NM_CONTROLLED["'][ ]{0,4}[:,][ ]{0,4}False\b""")
"""A default of upstream until 24.1, which Fedora and RHEL remove: ``Do-not-write-NM_CONTROLLED-no…patch``."""
_MODULE_NAME = re.compile(r"[a-z0-9_-]{1,32}", re.ASCII)
_DEFAULT_DISTRO = "ubuntu"
"""Source: cloud-init's settings.py, ``CFG_BUILTIN``."""
_FIXED_RENDERERS = {
    **dict.fromkeys(("debian", "ubuntu"), Renderer.ENI),
    **dict.fromkeys(("rhel", "centos", "fedora", "sles", "opensuse"), Renderer.SYSCONFIG),
}


@dataclass(frozen=True)
class Selection:
    """The renderer that cloud-init selects; None if no one is available."""

    renderer: Renderer | None
    why: Step


def select_renderer(tree: Tree, units: Units, config: CloudConfig) -> Selection:
    """Return the first available renderer of cloud-init's list.

    Raises:
        Unknown: This version writes the files of this distribution in a way that is not supported here.
    """
    package = PythonPackage.find(tree)
    if package is not None and package.has_module("net/__init__") and not package.has_module("net/renderers"):
        return _fixed_renderer(config)
    installed = _Renderers(tree, units, package)
    listed = config.get("system_info", "network", "renderers")
    names = listed if isinstance(listed, list) else installed.priority
    location = config.location("system_info", "network", "renderers") if isinstance(listed, list) else ""
    for renderer in (Renderer(name) for name in names if name in list(Renderer)):
        if installed.has(renderer) and installed.is_available(renderer):
            return Selection(
                renderer, Step(f"cloud-init writes the network configuration with its renderer {renderer}", location)
            )
    return Selection(None, Step("cloud-init finds no network program that it can configure", location))


def _fixed_renderer(config: CloudConfig) -> Selection:
    """Return the renderer of a version before 17.1, which depends on the distribution in cloud.cfg only.

    Source: cloud-init 0.7.9, distros/debian.py, rhel.py, sles.py.
    """
    distro = str(config.get("system_info", "distro") or _DEFAULT_DISTRO)
    renderer = _FIXED_RENDERERS.get(distro)
    if renderer is None:
        raise Unknown(f"the files that this old version of cloud-init writes for {distro} are not known")
    return Selection(renderer, Step(f"this version of cloud-init always writes the files of {renderer} for {distro}"))


def find_details(tree: Tree, config: CloudConfig, renderer: Renderer) -> Details:
    """Return the details in which the files of a renderer differ from those of upstream's cloud-init."""
    details, package = Details(distribution_words(tree)), PythonPackage.find(tree)
    if package is not None and renderer is Renderer.ENI:
        return replace(details, interfaces_file=_find_interfaces_file(package, config))
    if package is not None and renderer is Renderer.SYSCONFIG:
        sysconfig = package.read("net/sysconfig") or ""
        return replace(details, excludes_network_manager=_NM_CONTROLLED.search(sysconfig) is not None)
    return details


def _find_interfaces_file(package: PythonPackage, config: CloudConfig) -> str:
    """Return the file that this version of cloud-init writes for ifupdown; empty if its Python files do not show it.

    Source: ``network_conf_fn`` of distros/debian.py, ubuntu.py and alpine.py; ``eni_path`` of net/eni.py.
    """
    distro = str(config.get("system_info", "distro") or _DEFAULT_DISTRO)
    text = (package.read(f"distros/{distro}") or "") if _MODULE_NAME.fullmatch(distro) else ""
    inherited = (package.read("distros/debian") or "") if "debian.Distro" in text else ""
    found = _INTERFACES_FILE.search(text) or _INTERFACES_FILE.search(inherited)
    return found[1] if found else _INTERFACES if text else ""


def distribution_words(tree: Tree) -> tuple[str, ...]:
    """Return the words for the distribution in os-release, the most exact first (``ID``, then ``ID_LIKE``)."""
    for path in ("/etc/os-release", "/usr/lib/os-release"):
        values = dict(line.partition("=")[::2] for _, line in lines(tree, path) if "=" in line)
        words = f"{values.get('ID', '')} {values.get('ID_LIKE', '')}".replace('"', "").replace("'", "")
        if words.strip():
            return tuple(words.lower().split())
    return ("rhel",) if is_file(tree, "/etc/redhat-release") else ()


@dataclass(frozen=True)
class _Renderers:
    """The renderers of the guest's cloud-init, which differ between versions and distributions.

    Args:
        tree: The files of the guest.
        units: The services that start.
        package: The Python package; None: it was not found, and is taken for a new one.
    """

    tree: Tree
    units: Units
    package: PythonPackage | None

    @property
    def priority(self) -> tuple[str, ...]:
        """Return the renderers in the order in which this version tries them."""
        text = self._read("renderers")
        return (strings_of(text, "DEFAULT_PRIORITY") if text else ()) or _PRIORITY

    def has(self, renderer: Renderer) -> bool:
        """Return True if this version has a renderer; netplan, networkd and network-manager are newer than others."""
        return self.package is None or self.package.has_module(f"net/{_MODULES[renderer]}")

    def is_available(self, renderer: Renderer) -> bool:
        """Return True if this version of cloud-init finds the program that the renderer writes for."""
        match renderer:
            case Renderer.ENI:
                return self._has_programs(renderer) and is_file(self.tree, _INTERFACES)
            case Renderer.SYSCONFIG:
                return self._finds_sysconfig()
            case Renderer.NETWORK_MANAGER:
                if self._contains(renderer, "config_present") and not is_file(self.tree, _NM_CONFIG):
                    return False
                return self._finds("nmcli", _PATH) and self.units.starts("NetworkManager").is_started
            case _:
                return self._has_programs(renderer)

    def _read(self, module: str) -> str | None:
        return None if self.package is None else self.package.read(f"net/{module}")

    def _contains(self, renderer: Renderer, word: str) -> bool | None:
        """Return True if the module of a renderer contains a word; None if the package was not found."""
        text = self._read(_MODULES[renderer])
        return None if text is None else word in text

    def _finds(self, name: str, folders: tuple[str, ...]) -> bool:
        return any(is_file(self.tree, f"{folder}/{name}") for folder in folders)

    def _has_programs(self, renderer: Renderer, function: str = "available") -> bool:
        """Return True if the programs exist that a function of the renderer's module searches for."""
        text = function_of(self._read(_MODULES[renderer]) or "", function)
        programs, folders = _PROGRAMS[renderer]
        expected, search = strings_of(text, "expected") or programs, strings_of(text, "search") or folders
        return all(self._finds(name, search) for name in expected)

    def _finds_sysconfig(self) -> bool:
        """Return True if this version finds the network scripts or NetworkManager.

        Of NetworkManager, versions with ``available_nm`` need the configuration file, those with
        ``available_nm_ifcfg_rh`` the plugin for ifcfg files, and those with neither do not look for it.
        """
        if not self._knows_distribution():
            return False
        if self._has_scripts():
            return True
        if self._contains(Renderer.SYSCONFIG, "def available_nm("):
            return is_file(self.tree, _NM_CONFIG)
        if self._contains(Renderer.SYSCONFIG, "available_nm_ifcfg_rh") is False:
            return False
        return any(  # usr/lib*/NetworkManager/VERSION/libnm-settings-plugin-ifcfg-rh.so
            _NM_PLUGIN in self.tree.names(f"{library}/NetworkManager/{name}")
            for library in ("/usr/lib64", "/usr/lib")
            for name in self.tree.names(f"{library}/NetworkManager")
        )

    def _knows_distribution(self) -> bool:
        """Return True if the distribution is one for which this version writes ifcfg files.

        Versions before 19.2 do not check it. Source: ``KNOWN_DISTROS`` of net/sysconfig.py; util.py, ``system_info``.
        """
        text = self._read("sysconfig")
        word = (*distribution_words(self.tree), "")[0]
        if text and "def available" in text and "KNOWN_DISTROS" not in text:
            return True
        known = strings_of(text or "", "KNOWN_DISTROS")
        variant = "suse" if word.startswith(_SUSE) else "rhel" if word == "redhat" else word
        return variant in (each.lower() for each in known) if known else word.startswith(_WITH_SYSCONFIG)

    def _has_scripts(self) -> bool:
        """Return True if this version finds the network scripts, by programs and by a file.

        SUSE replaces the list of files: ``cloud-init-sysconf-path.patch`` of its packages. Versions before 19.2 need
        all files.
        """
        text = self._read("sysconfig") or ""
        function = "available_sysconfig" if "def available_sysconfig(" in text else "available"
        body = function_of(text, function)
        files = [
            is_file(self.tree, f"/{path.lstrip('/')}")
            for path in strings_of(body, "expected_paths") or _SYSCONFIG_FILES
        ]
        needs_all = "if not os.path.isfile(" in body
        return self._has_programs(Renderer.SYSCONFIG, function) and (all(files) if needs_all else any(files))
