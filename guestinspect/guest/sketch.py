"""A guest of which only a few files are there, as somebody writes it down by hand: the rest is as usual.

What every guest of its distribution has (systemd, udev and its rules, the program behind a service that a link starts)
is added, so that its want is not taken for a choice. What is started is never made up. A guest with a list of its
packages, or with some hundred programs, is a whole one: nothing is added to it.

Source: the distributions' packages and presets; Red Hat's, Debian's, Ubuntu's and SUSE's manuals on networking.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from posixpath import basename

from guestinspect.disk.overlay import Overlay
from guestinspect.disk.tree import Tree
from guestinspect.guest import distribution
from guestinspect.model.fact import Unknown

_PACKAGE_LISTS = (
    *("/var/lib/dpkg/status", "/var/lib/rpm", "/usr/lib/sysimage/rpm", "/usr/share/rpm", "/lib/apk/db"),
    *("/usr/lib/apk/db", "/var/lib/pacman", "/var/db/xbps", "/var/db/pkg"),
)
_FEWEST_PROGRAMS = 50
_MOST_FILES = 500
_NOWHERE = "/dev/null"
_LOCAL = "/etc/systemd/system"
_SHIPPED = "/usr/lib/systemd/system"
_GENERATORS = "/usr/lib/systemd/system-generators"
_RUNLEVEL = re.compile(r"rc[2345]\.d")
_SCRIPT_LINK = re.compile(r"S\d\d([\w.-]{1,64})")

_RED_HAT = frozenset({"rhel", "centos", "rocky", "almalinux", "ol", "scientific", "eurolinux", "cloudlinux"})
_SUSE = frozenset({"opensuse", "sles", "sled", "suse"})
_FIRST_WITH_SYSTEMD = {"debian": 9, "ubuntu": 16, "fedora": 20} | dict.fromkeys(_RED_HAT, 7) | dict.fromkeys(_SUSE, 15)
"""Since when systemd names NICs by their slots, too."""
_FIRST_WITH_OTHER_NAMES = {"debian": 11, "ubuntu": 21, "fedora": 33} | dict.fromkeys(_RED_HAT, 9)
"""Since when NICs have alternative names, by the versions of systemd (243) and of the kernel (5.5)."""
_ROLLING = frozenset({"arch"})
_ALPINE = "alpine"
_FIRST_WITH_NETPLAN = {"ubuntu": 18}

_LINK_FILE = "[Match]\nOriginalName=*\n[Link]\nNamePolicy=keep kernel database onboard slot path\n"
_OTHER_NAMES = "AlternativeNamesPolicy=database onboard slot path\n"
_SETUP_LINK = 'SUBSYSTEM=="net", ACTION=="add", NAME=="", ENV{ID_NET_NAME}!="", NAME="$env{ID_NET_NAME}"\n'
_UNITS = {
    "systemd-networkd.socket": "[Socket]\nListenNetlink=route 1361\n",
    "NetworkManager-wait-online.service": "[Unit]\nRequires=NetworkManager.service\n[Service]\nExecStart=nm-online\n",
    "systemd-networkd-wait-online.service": "[Unit]\nRequires=systemd-networkd.service\n[Service]\nExecStart=wait\n",
    "cloud-config.service": "[Unit]\nWants=network-online.target\n[Service]\nExecStart=/usr/bin/cloud-init\n",
}
"""What matters in the units of the distributions."""
_CLOUD_CONFIG = "/etc/cloud/cloud.cfg"
_OF_NETPLAN = ("/usr/sbin/netplan", f"{_GENERATORS}/netplan")
_NETWORK_UNITS = ("systemd-networkd", "NetworkManager", "networking", "network", "wicked", "dhcpcd", "connman")


def completed(tree: Tree) -> Tree:
    """The guest, with what is usual where only a few files are there.

    Raises:
        Unknown: Nothing says which system it is, or which of its network services is started.
    """
    if not is_sketch(tree):
        return tree
    sketch = _Sketch(tree, *_system(tree))
    usual = sketch.usual()
    if len(usual) > _MOST_FILES:
        raise Unknown(f"links of the guest start more than {_MOST_FILES} services, of which few files are there")
    added = {path: text.encode() for path, text in usual.items() if not _is_there(tree, path)}
    return Overlay(tree, added)


def is_sketch(tree: Tree) -> bool:
    """Whether only a few of a guest's files are there."""
    if any(tree.status(path) is not None for path in _PACKAGE_LISTS):
        return False
    return len(tree.names("/usr/bin")) + len(tree.names("/bin")) < _FEWEST_PROGRAMS


def _system(tree: Tree) -> tuple[str, int]:
    """Its distribution and the first number of its version."""
    distro = distribution.find_distro(tree).value
    if distro in _ROLLING or distro == _ALPINE:
        return distro, 0
    if distro not in _FIRST_WITH_SYSTEMD:
        raise Unknown(f"few of the guest's files are there, and what is usual in {distro} is not known")
    return distro, int((re.match(r"\d{1,9}", distribution.find_version(tree).value) or ["0"])[0])


def _is_there(tree: Tree, path: str) -> bool:
    """Whether a file is there, or a link in its place; in old guests, and by hand, it may be in ``/lib``."""
    twins = (path, path.removeprefix("/usr")) if path.startswith("/usr/") else (path,)
    return any(tree.status(twin) is not None or tree.link(twin) is not None for twin in twins)


@dataclass(frozen=True)
class _Sketch:
    """A guest of few files, and what it says it is."""

    tree: Tree
    distro: str
    major: int

    def usual(self) -> dict[str, str]:
        """What a guest like this has: content by path.

        Raises:
            Unknown: Nothing says whether a network service is started that may be.
        """
        if self.distro == _ALPINE:
            return dict(self._of_alpine())
        self._must_say_what_is_started()
        found = dict.fromkeys(self._scripts, "#!/bin/sh\n")
        if self._has_systemd:
            found |= dict(self._of_systemd())
            found |= {f"{_SHIPPED}/{name}": _unit(name) for name in self._linked}
        for part in (self._cloud_init(), self._netplan(), self._ifupdown(), self._of_red_hat()):
            found |= dict(part)
        return found

    def _must_say_what_is_started(self) -> None:
        """By a link, or by a unit that no link wants: what is not said is not foreseen."""
        if _is_there(self.tree, _CLOUD_CONFIG) and not (self._starts("cloud-init") or self._is_cloud_init_off):
            raise Unknown("few of the guest's files are there, and nothing says whether cloud-init is started")
        others = [name for name in self._linked if not name.startswith("cloud-init")]
        is_for_netplan = self._has_netplan and (self._has_netplan_files or self._starts("cloud-init"))
        if not (others or self._scripts or is_for_netplan or any(map(self._has_unit, _NETWORK_UNITS))):
            raise Unknown("few of the guest's files are there, and nothing says which network service is started")

    @property
    def _is_cloud_init_off(self) -> bool:
        return _is_there(self.tree, "/etc/cloud/cloud-init.disabled") or self._has_unit("cloud-init-local")

    def _has_unit(self, service: str) -> bool:
        return any(_is_there(self.tree, f"{folder}/{service}.service") for folder in (_SHIPPED, _LOCAL))

    def _starts(self, service: str) -> bool:
        names = (*self._linked, *map(basename, self._scripts))
        return any(name.partition(".")[0].startswith(service) for name in names)

    @property
    def _has_systemd(self) -> bool:
        first = _FIRST_WITH_SYSTEMD.get(self.distro)
        return self.distro in _ROLLING or (first is not None and self.major >= first)

    def _of_systemd(self) -> Iterator[tuple[str, str]]:
        has_others = self.distro in _ROLLING or self.major >= _FIRST_WITH_OTHER_NAMES.get(self.distro, 10**9)
        yield "/etc/machine-id", ""
        yield "/usr/lib/systemd/systemd", "ELF"
        yield "/usr/lib/systemd/systemd-udevd", "ELF"
        yield "/usr/lib/udev/rules.d/80-net-setup-link.rules", _SETUP_LINK
        yield "/usr/lib/systemd/network/99-default.link", _LINK_FILE + (_OTHER_NAMES if has_others else "")
        yield f"{_GENERATORS}/systemd-sysv-generator", "ELF"

    @cached_property
    def _linked(self) -> tuple[str, ...]:
        """The units that links want, of which the files need not be there."""
        return tuple(self._wanted())

    def _wanted(self) -> Iterator[str]:
        for folder in self.tree.names(_LOCAL):
            if folder.endswith((".wants", ".requires")):
                for name in self.tree.names(f"{_LOCAL}/{folder}"):
                    path = f"{_LOCAL}/{folder}/{name}"
                    target = self.tree.link(path) or (name if self.tree.read(path) else _NOWHERE)
                    if target != _NOWHERE and not _is_there(self.tree, f"{_LOCAL}/{name}"):
                        yield basename(target)

    @cached_property
    def _scripts(self) -> list[str]:
        """The scripts that links in the runlevels start, of which the files need not be there."""
        found: list[str] = []
        for top in ("/etc", "/etc/rc.d"):
            for folder in filter(_RUNLEVEL.fullmatch, self.tree.names(top)):
                links = map(_SCRIPT_LINK.fullmatch, self.tree.names(f"{top}/{folder}"))
                found += [f"{top}/init.d/{link[1]}" for link in links if link is not None]
        return found

    def _cloud_init(self) -> Iterator[tuple[str, str]]:
        if not self._starts("cloud-init"):
            return
        folder = "libexec" if self._is_of_red_hat else "lib"
        yield f"/usr/{folder}/cloud-init/ds-identify", "#!/bin/sh\n"
        yield f"{_GENERATORS}/cloud-init-generator", "#!/bin/sh\n"
        yield f"{_SHIPPED}/cloud-init.target", "[Unit]\nAfter=multi-user.target\n"
        yield f"{_SHIPPED}/cloud-init-local.service", _unit("cloud-init-local.service")
        yield f"{_LOCAL}/cloud-init.target.wants/cloud-init-local.service", "[Unit]\n"
        yield from _programs("/usr/bin/cloud-init", "/usr/bin/ip", "/usr/bin/systemctl", "/usr/sbin/dhclient")

    @property
    def _has_netplan(self) -> bool:
        """Ubuntu always has it; others have its program."""
        is_usual = self.major >= _FIRST_WITH_NETPLAN.get(self.distro, 10**9)
        return is_usual or any(_is_there(self.tree, path) for path in _OF_NETPLAN)

    @property
    def _has_netplan_files(self) -> bool:
        return any(name.endswith(".yaml") for name in self.tree.names("/etc/netplan"))

    def _netplan(self) -> Iterator[tuple[str, str]]:
        if self._has_netplan:
            yield from _programs(*_OF_NETPLAN)
            yield f"{_SHIPPED}/systemd-networkd.service", _unit("systemd-networkd.service")
        elif self._has_netplan_files:
            raise Unknown("few of the guest's files are there, and nothing says whether it has netplan")

    def _ifupdown(self) -> Iterator[tuple[str, str]]:
        if self._starts("networking"):
            yield from _programs(*(f"/usr/sbin/{name}" for name in ("ifup", "ifdown", "ifquery", "dhclient")))
            yield "/usr/lib/udev/rules.d/80-ifupdown.rules", 'SUBSYSTEM=="net", RUN+="ifupdown-hotplug"\n'
            yield f"{_SHIPPED}/ifup@.service", _unit("ifup@.service")

    @property
    def _is_of_red_hat(self) -> bool:
        return self.distro == "fedora" or self.distro in _RED_HAT

    def _of_red_hat(self) -> Iterator[tuple[str, str]]:
        if not self._is_of_red_hat:
            return
        yield "/etc/sysconfig/network", "# Created by anaconda\n"
        if self._starts("NetworkManager"):
            yield from _programs("/usr/sbin/NetworkManager", "/usr/bin/nmcli")
            yield "/etc/NetworkManager/NetworkManager.conf", "[main]\n"
        if self.distro in _RED_HAT and self.major <= 7:
            yield from _programs("/usr/sbin/ifup", "/usr/sbin/ifdown")
            yield "/etc/sysconfig/network-scripts/network-functions", "# -*-Shell-script-*-\n"

    def _of_alpine(self) -> Iterator[tuple[str, str]]:
        if not _is_there(self.tree, "/etc/runlevels"):
            raise Unknown("few of the guest's files are there, and none says which services are started")
        yield "/usr/libexec/ifupdown-ng/dhcp", "#!/bin/sh\n"
        yield from _programs(*(f"/sbin/{name}" for name in ("openrc", "ifup", "ifdown", "ifquery", "udhcpc")))
        for runlevel in self.tree.names("/etc/runlevels"):
            for name in self.tree.names(f"/etc/runlevels/{runlevel}"):
                yield f"/etc/init.d/{name}", "#!/sbin/openrc-run\n"


def _programs(*paths: str) -> Iterator[tuple[str, str]]:
    return ((path, "ELF") for path in paths)


def _unit(name: str) -> str:
    known: Mapping[str, str] = _UNITS
    return known.get(name, f"[Service]\nExecStart=/usr/sbin/{name.partition('.')[0]}\n")
