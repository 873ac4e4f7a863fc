"""The comparison of a static guest with the installed one, for all files that affect the network."""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path
from tempfile import TemporaryDirectory

from guests.booted.bootable_disk import unpack_guest
from guests.booted.installation import install_guest
from guests.disks.files import host_path
from guests.setup import Setup
from guests.static.guest import list_packages, make_static_guest

_WRITTEN_BY_OTHERS = {"/etc/default/locale"}
_FOLDERS = (
    *("/etc/NetworkManager", "/etc/cloud", "/etc/connman", "/etc/default", "/etc/dhcp", "/etc/netplan", "/etc/network"),
    *("/etc/rcS.d", "/etc/rc2.d", "/etc/init.d", "/etc/systemd", "/etc/udev", "/etc/dhcpcd.conf", "/etc/machine-id"),
    *("/etc/os-release", "/etc/passwd", "/usr/lib/NetworkManager", "/usr/lib/netplan", "/usr/lib/udev/rules.d"),
    *("/usr/lib/systemd/network", "/usr/lib/systemd/system", "/usr/lib/systemd/system-preset", "/boot/grub"),
    *("/usr/lib/systemd/system-generators", "/usr/sbin/init", "/etc/resolvconf", "/etc/dbus-1", "/etc/fstab"),
)


def find_differences(setup: Setup) -> list[str]:
    """Return a line for each path that differs. It needs root, or has to run under fakeroot.

    Files of packages that a static guest does not have are ignored: the choice of packages is deliberate.
    """
    with TemporaryDirectory(prefix="guests-") as temporary:
        installed_folder, static_folder = Path(temporary) / "installed", Path(temporary) / "static"
        installed_folder.mkdir()
        unpack_guest(setup, install_guest(setup) / "root.tar", installed_folder)
        make_static_guest(setup, static_folder)
        installed, static = _read_contents(installed_folder), _read_contents(static_folder)
        ignored = _list_foreign_names(installed_folder, list_packages(setup))
    return [
        f"{path}: installed {_describe(installed.get(path))}, static {_describe(static.get(path))}"
        for path in sorted(installed.keys() | static.keys())
        if installed.get(path) != static.get(path) and not _is_ignored(ignored, path, installed.get(path, b""))
    ]


def _list_foreign_names(folder: Path, packages: Collection[str]) -> set[str]:
    """Return the names of files that only other packages install. A link that enables a unit has the unit's name.

    Source: dpkg-query(1), ``--listfiles``: dpkg keeps a list of files for each package.
    """
    lists = host_path(folder, "/var/lib/dpkg/info").glob("*.list")
    names: dict[bool, set[str]] = {True: set(), False: set()}
    for file in lists:
        is_ours = file.stem.partition(":")[0] in packages  # «libc6:amd64.list»
        names[is_ours].update(line.rpartition("/")[2] for line in file.read_text(encoding="utf-8").splitlines())
    return names[False] - names[True]


def _is_ignored(ignored: Collection[str], path: str, content: bytes) -> bool:
    target = content.rpartition(b"/")[2].decode("utf-8", "replace")
    return path in _WRITTEN_BY_OTHERS or path.rpartition("/")[2] in ignored or target in ignored


def _read_contents(folder: Path) -> dict[str, bytes]:
    """Return the relevant files by path: the content of a file, or the target of a link."""
    contents = {}
    for start in _FOLDERS:
        found = host_path(folder, start)
        below = [Path(where) / name for where, folders, files in os.walk(found) for name in (*files, *folders)]
        for path in (found, *below):
            name = "/" + str(path.relative_to(folder))
            if path.is_symlink():
                contents[name] = b"-> " + os.fsencode(path.readlink())
            elif path.is_file():
                contents[name] = path.read_bytes()
    return contents


def _describe(content: bytes | None) -> str:
    return "nothing" if content is None else repr(content[:60])
