"""What packages' maintainer scripts do when they are installed, as far as it matters to the network."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from guests.enabling import Units
from guests.layer import inside, link

_HELPER = "deb-systemd-helper"
_ENABLES = re.compile(rf"{_HELPER} enable '?([\w@.-]+)'?")
_ONLY_IF_IT_WAS = re.compile(rf"{_HELPER} debian-installed '?([\w@.-]+)'?")
"""What stands below is done for those only who have enabled the unit themselves."""
_LEVELS = re.compile(r"^# Default-Start:[ \t]*(.*)$", re.MULTILINE)
_BY_SYSTEMD = ("remote-fs.target", "systemd-pstore.service")


def configure(package: str, script: str, units: Units) -> None:
    """Do what a package's ``postinst`` does.

    Args:
        package: Its name.
        script: The text of its ``postinst``; empty: it has none.
        units: Of the guest that it is unpacked in.
    """
    for unit in sorted(set(_ENABLES.findall(script)) - set(_ONLY_IF_IT_WAS.findall(script))):
        units.enable(unit)
    for name in re.findall(r"update-rc\.d ([\w.-]+) defaults", script):
        _start_by_runlevel(units.folder, name)
    if package in _SCRIPTS:
        _SCRIPTS[package](units)


def _start_by_runlevel(folder: Path, name: str) -> None:
    """The links of System V's init, which systemd looks at for services without a unit of their own."""
    script = inside(folder, f"/etc/init.d/{name}")
    found = _LEVELS.search(script.read_text(encoding="utf-8")) if script.exists() else None
    for level in found[1].split() if found else ():
        link(folder, f"/etc/rc{level}.d/S01{name}", f"../init.d/{name}")


def _base_passwd(units: Units) -> None:
    for name in ("passwd", "group"):
        shutil.copy(inside(units.folder, f"/usr/share/base-passwd/{name}.master"), inside(units.folder, f"/etc/{name}"))
    users = inside(units.folder, "/etc/passwd")
    users.write_text(users.read_text(encoding="utf-8").replace(":*:", ":x:"), encoding="utf-8")


def _systemd(units: Units) -> None:
    for unit in _BY_SYSTEMD:
        units.enable(unit)
    getty = f"{units.packaged}/getty@.service"
    link(units.folder, "/etc/systemd/system/getty.target.wants/getty@tty1.service", getty)


def _ifupdown(units: Units) -> None:
    _interfaces(units, "# Include files from /etc/network/interfaces.d:\nsource /etc/network/interfaces.d/*\n")


def _ifupdown2(units: Units) -> None:
    _interfaces(units, "auto lo\niface lo inet loopback\n")
    for name in ("80-networking.rules", "60-bridge-network-interface.rules"):
        if inside(units.folder, f"/lib/udev/rules.d/{name}").exists():
            link(units.folder, f"/etc/udev/rules.d/{name}", "/dev/null")


def _interfaces(units: Units, text: str) -> None:
    file = inside(units.folder, "/etc/network/interfaces")
    if not file.exists():
        file.write_text(f"# interfaces(5) file used by ifup(8) and ifdown(8)\n{text}", encoding="utf-8")


_SCRIPTS: Mapping[str, Callable[[Units], None]] = {
    "base-passwd": _base_passwd,
    "systemd": _systemd,
    "ifupdown": _ifupdown,
    "ifupdown2": _ifupdown2,
}
