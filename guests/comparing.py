"""Whether a static guest has what the installed one has, in everything that decides about its network."""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path
from tempfile import TemporaryDirectory

from guests.bootable import unpack
from guests.installed import installed
from guests.layer import inside
from guests.setup import Setup
from guests.static import packages_of, static

_WRITTEN_BY_OTHERS = {"/etc/default/locale"}
_FOLDERS = (
    *("/etc/NetworkManager", "/etc/cloud", "/etc/connman", "/etc/default", "/etc/dhcp", "/etc/netplan", "/etc/network"),
    *("/etc/rcS.d", "/etc/rc2.d", "/etc/init.d", "/etc/systemd", "/etc/udev", "/etc/dhcpcd.conf", "/etc/machine-id"),
    *("/etc/os-release", "/etc/passwd", "/usr/lib/NetworkManager", "/usr/lib/netplan", "/usr/lib/udev/rules.d"),
    *("/usr/lib/systemd/network", "/usr/lib/systemd/system", "/usr/lib/systemd/system-preset", "/boot/grub"),
    *("/usr/lib/systemd/system-generators", "/usr/sbin/init", "/etc/resolvconf", "/etc/dbus-1", "/etc/fstab"),
)


def differences(setup: Setup) -> list[str]:
    """A line for each path that differs; none: they are the same. It needs root, or has to run under fakeroot.

    What packages bring that a static guest does not have is left out: those are chosen, the test is about the rest.
    """
    with TemporaryDirectory(prefix="guests-") as temporary:
        whole, looked_at = Path(temporary) / "installed", Path(temporary) / "static"
        whole.mkdir()
        unpack(setup, installed(setup) / "root.tar", whole)
        static(setup, looked_at)
        there, here = _contents(whole), _contents(looked_at)
        others = _of_others(whole, packages_of(setup))
    return [
        f"{path}: installed {_shown(there.get(path))}, static {_shown(here.get(path))}"
        for path in sorted(there.keys() | here.keys())
        if there.get(path) != here.get(path) and not _is_of(others, path, there.get(path, b""))
    ]


def _of_others(folder: Path, packages: Collection[str]) -> set[str]:
    """Names of the files that other packages have brought. A link that enables a unit has the unit's name."""
    lists = inside(folder, "/var/lib/dpkg/info").glob("*.list")
    brought: dict[bool, set[str]] = {True: set(), False: set()}
    for file in lists:
        ours = file.stem.partition(":")[0] in packages
        brought[ours].update(line.rpartition("/")[2] for line in file.read_text(encoding="utf-8").splitlines())
    return brought[False] - brought[True]


def _is_of(others: Collection[str], path: str, content: bytes) -> bool:
    name = path.rpartition("/")[2]
    return (
        path in _WRITTEN_BY_OTHERS or name in others or content.rpartition(b"/")[2].decode("utf-8", "replace") in others
    )


def _contents(folder: Path) -> dict[str, bytes]:
    """What matters, by path: the content of a file, or where a link points."""
    contents = {}
    for start in _FOLDERS:
        found = inside(folder, start)
        below = [Path(where) / name for where, folders, files in os.walk(found) for name in (*files, *folders)]
        for path in (found, *below):
            name = "/" + str(path.relative_to(folder))
            if path.is_symlink():
                contents[name] = b"-> " + os.fsencode(path.readlink())
            elif path.is_file():
                contents[name] = path.read_bytes()
    return contents


def _shown(content: bytes | None) -> str:
    return "nothing" if content is None else repr(content[:60])
