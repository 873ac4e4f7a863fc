"""The presets that systemd applies once, at the first boot: they enable the units that the distribution selects."""

from __future__ import annotations

from guestinspect.disk.globs import fnmatchcase
from guestinspect.disk.tree import Tree, lines
from guestinspect.guest.services.systemd_version import find_systemd_version

_FOLDERS = (
    "/etc/systemd/system-preset",
    "/run/systemd/system-preset",
    "/usr/local/lib/systemd/system-preset",
    "/usr/lib/systemd/system-preset",
    "/lib/systemd/system-preset",
)

_FIRST_FULL_PRESET = 253
"""The first version of systemd that can be built to disable units, too (``first-boot-full-preset``).

Fedora builds it that way.
"""


def is_first_boot(tree: Tree) -> bool:
    """Return True if the next boot is the first: there is no machine ID. An *empty* file does not make a first boot.

    Source: machine-id(5), "First Boot Semantics".
    """
    content = tree.read("/etc/machine-id")
    return content is None or content.strip() == b"uninitialized"


def find_preset(tree: Tree, unit: str) -> tuple[bool, str]:
    """Return whether the first boot enables a unit, and the line that decides; without a line it does.

    Raises:
        Unreadable: A preset file could not be read.

    Source: systemd.preset(5): the first matching line counts, over all files sorted by name.
    """
    files: dict[str, str] = {}
    for folder in _FOLDERS:
        for name in tree.names(folder):
            if name.endswith(".preset"):
                files.setdefault(name, f"{folder}/{name}")
    for _, path in sorted(files.items()):
        for number, line in lines(tree, path):
            words = line.split()
            if len(words) >= 2 and words[0] in ("enable", "disable") and fnmatchcase(unit, words[1]):
                return words[0] == "enable", f"{path}:{number}"
    return True, ""


def may_first_boot_disable(tree: Tree) -> bool:
    """Return True if the first boot may also disable units: Debian's systemd and older versions only enable."""
    if tree.status("/etc/debian_version") is not None:
        return False
    version = find_systemd_version(tree)
    return version is None or version >= _FIRST_FULL_PRESET
