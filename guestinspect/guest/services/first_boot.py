"""What systemd does once, at the first boot: it enables the units that the distribution wants enabled."""

from __future__ import annotations

import re

from guestinspect.disk.globs import fnmatchcase
from guestinspect.disk.tree import Tree, lines

_FOLDERS = (
    "/etc/systemd/system-preset",
    "/run/systemd/system-preset",
    "/usr/local/lib/systemd/system-preset",
    "/usr/lib/systemd/system-preset",
    "/lib/systemd/system-preset",
)

_LIBRARIES = ("/usr/lib/systemd", "/usr/lib64/systemd", "/lib/systemd")
_VERSION = re.compile(r"libsystemd-shared-(\d{1,5})")
_MAY_DISABLE_FROM = 253
"""Since this version systemd can be built so that it disables units, too (``first-boot-full-preset``); Fedora's is."""


def is_first_boot(tree: Tree) -> bool:
    """Whether the next boot is the first: there is no machine ID. An *empty* file is no first boot.

    Source: machine-id(5), "First Boot Semantics".
    """
    content = tree.read("/etc/machine-id")
    return content is None or content.strip() == b"uninitialized"


def find_preset(tree: Tree, unit: str) -> tuple[bool, str]:
    """Whether a unit is to be enabled at the first boot, and the line that says so; without one, it is.

    Raises:
        Unreadable: A file of presets could not be read.

    Source: systemd.preset(5).
    """
    for path in _preset_files(tree):
        for number, line in lines(tree, path):
            words = line.split()
            if len(words) >= 2 and words[0] in ("enable", "disable") and fnmatchcase(unit, words[1]):
                return words[0] == "enable", f"{path}:{number}"
    return True, ""


def may_first_boot_disable(tree: Tree) -> bool:
    """Whether the first boot may also disable units: Debian's systemd, and an older one, only enables."""
    if tree.status("/etc/debian_version") is not None:
        return False
    names = (name for folder in _LIBRARIES for name in tree.names(folder))
    versions = [int(found[1]) for name in names if (found := _VERSION.match(name)) is not None]
    return not versions or max(versions) >= _MAY_DISABLE_FROM


def _preset_files(tree: Tree) -> tuple[str, ...]:
    """The files of presets by the order of their names; of one name, the strongest folder's."""
    found: dict[str, str] = {}
    for folder in _FOLDERS:
        for name in tree.names(folder):
            if name.endswith(".preset"):
                found.setdefault(name, f"{folder}/{name}")
    return tuple(found[name] for name in sorted(found))
