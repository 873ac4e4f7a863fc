"""The effects of packages' maintainer scripts at installation, as far as they affect the network.

Source: deb-systemd-helper(1p), update-rc.d(8), and the ``postinst`` of the packages.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from guests.disks.files import host_path, make_link
from guests.static.units import Units

_HELPER = "deb-systemd-helper"
_ENABLES = re.compile(rf"{_HELPER} enable '?([\w@.-]+)'?")
_ONLY_IF_ENABLED_BEFORE = re.compile(rf"{_HELPER} debian-installed '?([\w@.-]+)'?")
"""The following command of the script runs only if the administrator has enabled the unit before."""
_LEVELS = re.compile(r"^# Default-Start:[ \t]*(.*)$", re.MULTILINE)
_UNITS_OF_SYSTEMD = ("remote-fs.target", "systemd-pstore.service")


def run_postinst(package: str, script: str, units: Units) -> None:
    """Apply the effects of a package's ``postinst``.

    Args:
        package: The name of the package.
        script: The text of its ``postinst``; empty: it has none.
        units: The units of the guest that it is unpacked in.
    """
    for unit in sorted(set(_ENABLES.findall(script)) - set(_ONLY_IF_ENABLED_BEFORE.findall(script))):
        units.enable(unit)
    for name in re.findall(r"update-rc\.d ([\w.-]+) defaults", script):
        _start_by_runlevel(units.folder, name)
    if package in _SCRIPTS:
        _SCRIPTS[package](units)


def _start_by_runlevel(folder: Path, name: str) -> None:
    """Make the links of System V's init, which systemd reads for services without a unit."""
    script = host_path(folder, f"/etc/init.d/{name}")
    levels = _LEVELS.search(script.read_text(encoding="utf-8")) if script.exists() else None
    for level in levels[1].split() if levels else ():
        make_link(folder, f"/etc/rc{level}.d/S01{name}", f"../init.d/{name}")


def _install_base_passwd(units: Units) -> None:
    for name in ("passwd", "group"):
        shutil.copy(
            host_path(units.folder, f"/usr/share/base-passwd/{name}.master"), host_path(units.folder, f"/etc/{name}")
        )
    users = host_path(units.folder, "/etc/passwd")
    users.write_text(users.read_text(encoding="utf-8").replace(":*:", ":x:"), encoding="utf-8")


def _install_systemd(units: Units) -> None:
    for unit in _UNITS_OF_SYSTEMD:
        units.enable(unit)
    getty = f"{units.packaged}/getty@.service"
    make_link(units.folder, "/etc/systemd/system/getty.target.wants/getty@tty1.service", getty)


def _install_ifupdown(units: Units) -> None:
    _write_interfaces(units, "# Include files from /etc/network/interfaces.d:\nsource /etc/network/interfaces.d/*\n")


def _install_ifupdown2(units: Units) -> None:
    _write_interfaces(units, "auto lo\niface lo inet loopback\n")
    for name in ("80-networking.rules", "60-bridge-network-interface.rules"):
        if host_path(units.folder, f"/lib/udev/rules.d/{name}").exists():
            make_link(units.folder, f"/etc/udev/rules.d/{name}", "/dev/null")


def _write_interfaces(units: Units, text: str) -> None:
    file = host_path(units.folder, "/etc/network/interfaces")
    if not file.exists():
        file.write_text(f"# interfaces(5) file used by ifup(8) and ifdown(8)\n{text}", encoding="utf-8")


_SCRIPTS: Mapping[str, Callable[[Units], None]] = {
    "base-passwd": _install_base_passwd,
    "systemd": _install_systemd,
    "ifupdown": _install_ifupdown,
    "ifupdown2": _install_ifupdown2,
}
