"""NetworkManager.conf and its folders, merged as NetworkManager does.

Source: NetworkManager.conf(5); NetworkManager's nm-config.c and nm-config-data.c.
"""

from __future__ import annotations

from collections.abc import Iterator

from guestinspect.disk.tree import Tree
from guestinspect.guest.files.conf_files import is_masked
from guestinspect.guest.files.ini import Entry, Ini, read_key_file
from guestinspect.model.fact import Unknown
from guestinspect.network.nic import Nic
from guestinspect.network.stacks.networkmanager import device_spec

MAIN_FILE = "/etc/NetworkManager/NetworkManager.conf"

_PACKAGES = "/usr/lib/NetworkManager/conf.d"
_BOOT = "/run/NetworkManager/conf.d"
_ADMINISTRATOR = "/etc/NetworkManager/conf.d"
_OWN_STATE = "/var/lib/NetworkManager/NetworkManager-intern.conf"
_FILE_SECTION = ".config"
"""The section about the file itself."""
_YES = frozenset({"yes", "on", "true", "1"})
_NO = frozenset({"no", "off", "false", "0"})
_LISTS = frozenset(
    {
        ("main", "no-auto-default"),
        ("main", "plugins"),
        ("keyfile", "unmanaged-devices"),
    }
)
"""Lists that ``key+=`` extends and ``key-=`` shortens; any other key with such an ending is ignored."""

Section = dict[str, Entry]
"""The entries of a section by their keys."""


class Configuration:
    """The settings of all files, added from the weakest to the strongest one."""

    def __init__(self) -> None:
        self._sections: dict[str, Section] = {}

    def add(self, name: str, entries: tuple[Entry, ...]) -> None:
        """Add the lines of a section in a file, which is stronger than the files before it.

        ``key+=`` and ``key-=`` change a list. Source: NetworkManager.conf(5).
        """
        section = self._sections.setdefault(name, {})
        for entry in entries:
            key, sign = entry.key, ""
            if key[-1:] in "+-" and len(key) > 1:
                key, sign = key[:-1], key[-1]
            if not sign:
                section[key] = entry
            elif (name, key) in _LISTS or (name.startswith("device") and key == "match-device"):
                old = device_spec.split(section[key].value) if key in section else ()
                new = device_spec.split(entry.value)
                kept = [spec for spec in old if sign == "+" or spec not in new]
                added = [spec for spec in new if sign == "+" and spec not in old]
                specs = (spec.replace("\\", "\\\\").replace(",", "\\,").replace(";", "\\;") for spec in (*kept, *added))
                section[key] = Entry(key, ",".join(specs), entry.location)

    def entry(self, section: str, key: str) -> Entry | None:
        """Return the setting of a key; None if there is none."""
        return self._sections.get(section, {}).get(key)

    def for_connections(self, key: str) -> Iterator[Entry]:
        """Yield the defaults of ``[connection…]`` sections, for profiles without the key."""
        for name, section in self._sections.items():
            if name.startswith("connection") and key in section:
                yield section[key]

    def for_device(self, key: str, nic: Nic) -> Entry | None:
        """Return the setting of the first ``[device…]`` section that matches this NIC and has the key, or None.

        The strongest section is first, and the plain ``[device]`` last. A section with ``stop-match`` that matches
        ends the search. Source: NetworkManager.conf(5), "DEVICE SECTION".
        """
        names = [name for name in reversed(self._sections) if name.startswith("device") and name != "device"]
        for section in (self._sections[name] for name in (*names, "device") if name in self._sections):
            entry, match = section.get(key), section.get("match-device")
            stops = "stop-match" in section and is_yes(section["stop-match"].value)
            if entry is None and not stops:
                continue
            if match is None or device_spec.matches(device_spec.split(match.value), nic):
                return entry
        return None


def read_configuration(tree: Tree) -> Configuration:
    """Return the configuration of a guest.

    Raises:
        Malformed: NetworkManager would not start with it.
        Unknown: Whether one of the files counts is known only at boot.
    """
    configuration = Configuration()
    for path in _list_paths(tree):
        file = read_key_file(tree, path)
        if path != MAIN_FILE and not _is_enabled(file):
            continue
        names = list(dict.fromkeys(section.name for section in file.sections if not section.name.startswith(".")))
        # Of the sections of a file that match devices, the first one is the strongest: they are added in reverse order.
        of_devices = [name for name in reversed(names) if name.startswith("device")]
        for name in (*(name for name in names if name not in of_devices), *of_devices):
            configuration.add(name, tuple(entry for part in file.named(name) for entry in part.entries))
    if any("device" in section.name for section in read_key_file(tree, _OWN_STATE).sections):
        raise Unknown(f"{_OWN_STATE} has settings for devices that somebody made at run time")
    return configuration


def is_yes(value: str) -> bool:
    """Return True if a value is one of NetworkManager's words for yes."""
    return value.lower() in _YES


def is_no(value: str) -> bool:
    """Return True if a value is one of NetworkManager's words for no."""
    return value.lower() in _NO


def _list_paths(tree: Tree) -> Iterator[str]:
    """Yield the files, the weakest first: of packages, of this boot, the main file, of the administrator.

    A file hides those of its name in the folders before it, even if it is empty.
    """
    administrator, boot, packages = (
        [name for name in tree.names(folder) if name.endswith(".conf")] for folder in (_ADMINISTRATOR, _BOOT, _PACKAGES)
    )
    paths = (
        *(f"{_PACKAGES}/{name}" for name in packages if name not in boot and name not in administrator),
        *(f"{_BOOT}/{name}" for name in boot if name not in administrator),
        MAIN_FILE,
        *(f"{_ADMINISTRATOR}/{name}" for name in administrator),
    )
    return (path for path in paths if not is_masked(tree, path))


def _is_enabled(file: Ini) -> bool:
    """Return True if a file counts: it can limit itself to certain versions and environments.

    Source: NetworkManager.conf(5), ".config section"; NetworkManager's nm-config.c, ignore_config_snippet.
    """
    entry = file.last(_FILE_SECTION, "enable")
    if entry is None or is_yes(entry.value):
        return True
    if is_no(entry.value):
        return False
    raise Unknown(f"{entry.location}: whether NetworkManager uses this file depends on its version or environment")
