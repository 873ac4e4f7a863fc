"""Sketches of guests: a few files, completed with what every guest of that distribution has.

A test writes down only the files that it is about. The rest (systemd, udev and its rules, the unit and the program of
a service that a link starts) is added here, before the guest is inspected. What is started is never added.

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

_LOCAL = "/etc/systemd/system"
_SHIPPED = "/usr/lib/systemd/system"
_GENERATORS = "/usr/lib/systemd/system-generators"
_RUNLEVEL = re.compile(r"rc[2345]\.d")
_SCRIPT_LINK = re.compile(r"S\d\d([\w.-]{1,64})")

_RED_HAT = frozenset({"rhel", "centos", "rocky", "almalinux"})
_SUSE = frozenset({"opensuse", "sles"})
_FIRST_WITH_SYSTEMD = {"debian": 9, "ubuntu": 16, "fedora": 20} | dict.fromkeys(_RED_HAT, 7) | dict.fromkeys(_SUSE, 15)
"""The first releases with systemd, which names NICs by their slots."""
_FIRST_WITH_OTHER_NAMES = {"debian": 11, "ubuntu": 21, "fedora": 33} | dict.fromkeys(_RED_HAT, 9)
"""The first releases whose NICs have alternative names, by the versions of systemd (243) and of the kernel (5.5)."""
_FIRST_WITH_NETPLAN = {"ubuntu": 18}
_ALPINE, _ARCH = "alpine", "arch"
_NEVER = 10**9

_LINK_FILE = "[Match]\nOriginalName=*\n[Link]\nNamePolicy=keep kernel database onboard slot path\n"
_OTHER_NAMES = "AlternativeNamesPolicy=database onboard slot path\n"
_SETUP_LINK = 'SUBSYSTEM=="net", ACTION=="add", NAME=="", ENV{ID_NET_NAME}!="", NAME="$env{ID_NET_NAME}"\n'
_UNITS: Mapping[str, str] = {
    "systemd-networkd.socket": "[Socket]\nListenNetlink=route 1361\n",
    "NetworkManager-wait-online.service": "[Unit]\nRequires=NetworkManager.service\n[Service]\nExecStart=nm-online\n",
    "systemd-networkd-wait-online.service": "[Unit]\nRequires=systemd-networkd.service\n[Service]\nExecStart=wait\n",
    "cloud-config.service": "[Unit]\nWants=network-online.target\n[Service]\nExecStart=/usr/bin/cloud-init\n",
}
"""The units of the distributions that do more than start a program of their own name."""
_OF_NETPLAN = ("/usr/sbin/netplan", f"{_GENERATORS}/netplan")


def completed(tree: Tree) -> Tree:
    """Return the guest with the files that are usual in its distribution.

    Args:
        tree: The files that the test is about, ``/etc/os-release`` among them.

    Raises:
        ValueError: The files that are usual in this distribution are not known here.
    """
    distro = distribution.find_distro(tree).value
    if distro not in _FIRST_WITH_SYSTEMD and distro not in (_ALPINE, _ARCH):
        raise ValueError(f"the usual files of {distro} are not known")
    is_rolling = distro in (_ALPINE, _ARCH)
    major = 0 if is_rolling else int((re.match(r"\d{1,9}", distribution.find_version(tree).value) or ["0"])[0])
    usual = _Sketch(tree, distro, major).usual()
    return Overlay(tree, {path: text.encode() for path, text in usual.items() if not _is_there(tree, path)})


def _is_there(tree: Tree, path: str) -> bool:
    """Return True if a file or a link is there; in an old guest, or in a sketch, it may be in ``/lib``."""
    twins = (path, path.removeprefix("/usr")) if path.startswith("/usr/") else (path,)
    return any(tree.status(twin) is not None or tree.link(twin) is not None for twin in twins)


@dataclass(frozen=True)
class _Sketch:
    """A guest of a few files.

    Args:
        tree: Its files.
        distro: Its distribution.
        major: The first number of its release.
    """

    tree: Tree
    distro: str
    major: int

    def usual(self) -> dict[str, str]:
        """Return the files of a guest like this: content by path."""
        if self.distro == _ALPINE:
            return dict(self._of_alpine())
        found = dict.fromkeys(self._scripts, "#!/bin/sh\n")
        if self.distro == _ARCH or self._has_since(_FIRST_WITH_SYSTEMD):
            found |= dict(self._of_systemd())
            found |= {f"{_SHIPPED}/{name}": _unit(name) for name in self._linked}
        for part in (self._of_cloud_init(), self._of_netplan(), self._of_ifupdown(), self._of_red_hat()):
            found |= dict(part)
        return found

    def _has_since(self, first: Mapping[str, int]) -> bool:
        return self.major >= first.get(self.distro, _NEVER)

    def _starts(self, service: str) -> bool:
        names = (*self._linked, *map(basename, self._scripts))
        return any(name.partition(".")[0].startswith(service) for name in names)

    def _of_systemd(self) -> Iterator[tuple[str, str]]:
        has_others = self.distro == _ARCH or self._has_since(_FIRST_WITH_OTHER_NAMES)
        yield "/etc/machine-id", ""
        yield from _programs("/usr/lib/systemd/systemd", "/usr/lib/systemd/systemd-udevd")
        yield from _programs(f"{_GENERATORS}/systemd-sysv-generator")
        yield "/usr/lib/udev/rules.d/80-net-setup-link.rules", _SETUP_LINK
        yield "/usr/lib/systemd/network/99-default.link", _LINK_FILE + (_OTHER_NAMES if has_others else "")

    @cached_property
    def _linked(self) -> tuple[str, ...]:
        """The units that links want."""
        folders = [name for name in self.tree.names(_LOCAL) if name.endswith((".wants", ".requires"))]
        paths = [f"{_LOCAL}/{folder}/{name}" for folder in folders for name in self.tree.names(f"{_LOCAL}/{folder}")]
        targets = [self.tree.link(path) or (path if self.tree.read(path) else "/dev/null") for path in paths]
        names = [basename(target) for target in targets if target != "/dev/null"]
        return tuple(name for name in names if not _is_there(self.tree, f"{_LOCAL}/{name}"))

    @cached_property
    def _scripts(self) -> list[str]:
        """The scripts that links in the runlevels start."""
        found: list[str] = []
        for top in ("/etc", "/etc/rc.d"):
            for folder in filter(_RUNLEVEL.fullmatch, self.tree.names(top)):
                links = map(_SCRIPT_LINK.fullmatch, self.tree.names(f"{top}/{folder}"))
                found += [f"{top}/init.d/{link[1]}" for link in links if link is not None]
        return found

    def _of_cloud_init(self) -> Iterator[tuple[str, str]]:
        if self._starts("cloud-init"):
            yield f"/usr/{'libexec' if self._is_of_red_hat else 'lib'}/cloud-init/ds-identify", "#!/bin/sh\n"
            yield f"{_GENERATORS}/cloud-init-generator", "#!/bin/sh\n"
            yield f"{_SHIPPED}/cloud-init.target", "[Unit]\nAfter=multi-user.target\n"
            yield f"{_SHIPPED}/cloud-init-local.service", _unit("cloud-init-local.service")
            yield f"{_LOCAL}/cloud-init.target.wants/cloud-init-local.service", "[Unit]\n"
            yield from _programs("/usr/bin/cloud-init", "/usr/bin/ip", "/usr/bin/systemctl", "/usr/sbin/dhclient")

    def _of_netplan(self) -> Iterator[tuple[str, str]]:
        if self._has_since(_FIRST_WITH_NETPLAN) or any(_is_there(self.tree, path) for path in _OF_NETPLAN):
            yield from _programs(*_OF_NETPLAN)
            yield f"{_SHIPPED}/systemd-networkd.service", _unit("systemd-networkd.service")

    def _of_ifupdown(self) -> Iterator[tuple[str, str]]:
        if self._starts("networking"):
            yield from _programs(*(f"/usr/sbin/{name}" for name in ("ifup", "ifdown", "ifquery", "dhclient")))
            yield "/usr/lib/udev/rules.d/80-ifupdown.rules", 'SUBSYSTEM=="net", RUN+="ifupdown-hotplug"\n'
            yield f"{_SHIPPED}/ifup@.service", _unit("ifup@.service")

    @property
    def _is_of_red_hat(self) -> bool:
        return self.distro == "fedora" or self.distro in _RED_HAT

    def _of_red_hat(self) -> Iterator[tuple[str, str]]:
        if self._is_of_red_hat:
            yield "/etc/sysconfig/network", "# Created by anaconda\n"
        if self._is_of_red_hat and self._starts("NetworkManager"):
            yield from _programs("/usr/sbin/NetworkManager", "/usr/bin/nmcli")
            yield "/etc/NetworkManager/NetworkManager.conf", "[main]\n"
        if self.distro in _RED_HAT and self.major <= 7:
            yield from _programs("/usr/sbin/ifup", "/usr/sbin/ifdown")
            yield "/etc/sysconfig/network-scripts/network-functions", "# -*-Shell-script-*-\n"

    def _of_alpine(self) -> Iterator[tuple[str, str]]:
        yield "/usr/libexec/ifupdown-ng/dhcp", "#!/bin/sh\n"
        yield from _programs(*(f"/sbin/{name}" for name in ("openrc", "ifup", "ifdown", "ifquery", "udhcpc")))
        for runlevel in self.tree.names("/etc/runlevels"):
            for name in self.tree.names(f"/etc/runlevels/{runlevel}"):
                yield f"/etc/init.d/{name}", "#!/sbin/openrc-run\n"


def _programs(*paths: str) -> Iterator[tuple[str, str]]:
    return ((path, "ELF") for path in paths)


def _unit(name: str) -> str:
    return _UNITS.get(name, f"[Service]\nExecStart=/usr/sbin/{name.partition('.')[0]}\n")
