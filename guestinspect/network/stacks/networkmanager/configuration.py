"""NetworkManager.conf and its folders, put together as NetworkManager does.

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
_OF_THE_FILE = ".config"
"""The section about the file that it stands in."""
_YES = frozenset({"yes", "on", "true", "1"})
_NO = frozenset({"no", "off", "false", "0"})
_LISTS = frozenset(
    {
        ("main", "no-auto-default"),
        ("main", "plugins"),
        ("keyfile", "unmanaged-devices"),
    }
)
"""Lists that ``key+=`` makes longer and ``key-=`` shorter; any other key with such an ending is dropped."""

Section = dict[str, Entry]


class Configuration:
    """What all files say together.

    Args:
        sections: Values by section and key. Sections that match devices stand with the weakest first.
    """

    def __init__(self, sections: dict[str, Section]) -> None:
        self._sections = sections

    def entry(self, section: str, key: str) -> Entry | None:
        """What holds for a key; None: nothing was said."""
        return self._sections.get(section, {}).get(key)

    def specs(self, section: str, key: str) -> tuple[str, ...]:
        """A key's value as a list."""
        found = self.entry(section, key)
        return () if found is None else device_spec.split(found.value)

    def for_connections(self, key: str) -> Iterator[Entry]:
        """What sections ``[connection…]`` say for profiles that say nothing of a key themselves."""
        for name, section in self._sections.items():
            if name.startswith("connection") and key in section:
                yield section[key]

    def for_device(self, key: str, nic: Nic) -> Entry | None:
        """What the first ``[device…]`` section that means this NIC says of a key; None: none does."""
        for section in self._device_sections():
            value = section.get(key)
            stops = "stop-match" in section and is_yes(section["stop-match"].value)
            if (value is not None or stops) and _means(section, nic):
                return value
        return None

    def _device_sections(self) -> Iterator[Section]:
        """The strongest first; the one that is called nothing but ``[device]`` last."""
        names = [name for name in reversed(self._sections) if name.startswith("device") and name != "device"]
        return (self._sections[name] for name in (*names, "device") if name in self._sections)


def read(tree: Tree) -> Configuration:
    """The configuration of a guest.

    Raises:
        Malformed: NetworkManager would not start with it.
    """
    sections: dict[str, Section] = {}
    for path in _paths(tree):
        file = read_key_file(tree, path)
        if path == MAIN_FILE or _is_enabled(file):
            _add(sections, file)
    if any("device" in section.name for section in read_key_file(tree, _OWN_STATE).sections):
        raise Unknown(f"{_OWN_STATE} holds a choice of devices that was made by hand")
    return Configuration(sections)


def is_yes(value: str) -> bool:
    """Whether a value is one of NetworkManager's words for yes."""
    return value.lower() in _YES


def is_no(value: str) -> bool:
    """Whether a value is one of NetworkManager's words for no."""
    return value.lower() in _NO


def _paths(tree: Tree) -> Iterator[str]:
    """The files that count, the weakest first: packages, this boot, the main file, the administrator.

    A name hides the same name in the folders before it, even if its file is empty.
    """
    administrator, boot, packages = (_names(tree, folder) for folder in (_ADMINISTRATOR, _BOOT, _PACKAGES))
    paths = (
        *(f"{_PACKAGES}/{name}" for name in packages if name not in boot and name not in administrator),
        *(f"{_BOOT}/{name}" for name in boot if name not in administrator),
        MAIN_FILE,
        *(f"{_ADMINISTRATOR}/{name}" for name in administrator),
    )
    return (path for path in paths if not is_masked(tree, path))


def _names(tree: Tree, folder: str) -> tuple[str, ...]:
    return tuple(name for name in tree.names(folder) if name.endswith(".conf"))


def _is_enabled(file: Ini) -> bool:
    """Whether a file counts at all: it can say that it does not, or in which versions and environments it does.

    Source: NetworkManager.conf(5), ".config section"; NetworkManager's nm-config.c, ignore_config_snippet.
    """
    said = file.last(_OF_THE_FILE, "enable")
    if said is None or is_yes(said.value):
        return True
    if is_no(said.value):
        return False
    raise Unknown(f"{said.location}: whether this file counts hangs on NetworkManager's version or environment")


def _add(sections: dict[str, Section], file: Ini) -> None:
    for name in _weakest_first(file):
        section = sections.setdefault(name, {})
        for entry in (entry for part in file.named(name) for entry in part.entries):
            _set(section, name, entry)


def _weakest_first(file: Ini) -> Iterator[str]:
    """Of the sections that match devices the first one in a file is the strongest; a later file is stronger."""
    names = list(dict.fromkeys(section.name for section in file.sections if not section.name.startswith(".")))
    yield from (name for name in names if not name.startswith("device"))
    yield from (name for name in reversed(names) if name.startswith("device"))


def _set(section: Section, name: str, entry: Entry) -> None:
    key, sign = entry.key, ""
    if key[-1:] in "+-" and len(key) > 1:
        key, sign = key[:-1], key[-1]
    if not sign:
        section[key] = entry
    elif (name, key) in _LISTS or (name.startswith("device") and key == "match-device"):
        section[key] = Entry(key, _merged(section.get(key), entry, sign), entry.location)


def _merged(before: Entry | None, entry: Entry, sign: str) -> str:
    old = () if before is None else device_spec.split(before.value)
    new = device_spec.split(entry.value)
    kept = [spec for spec in old if sign == "+" or spec not in new]
    added = [spec for spec in new if sign == "+" and spec not in old]
    return ",".join(spec.replace("\\", "\\\\").replace(",", "\\,").replace(";", "\\;") for spec in (*kept, *added))


def _means(section: Section, nic: Nic) -> bool:
    match = section.get("match-device")
    return match is None or device_spec.matches(device_spec.split(match.value), nic)
