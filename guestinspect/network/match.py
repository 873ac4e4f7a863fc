"""What a [Match] section of a .network or .link file says of a NIC.

Source: systemd.network(5), systemd.link(5); systemd's net-condition.c.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from guestinspect.disk.globs import fnmatchcase
from guestinspect.guest.files.ini import Entry, Ini, split_words
from guestinspect.model.fact import Unknown

NETWORK_FOLDERS = (
    "/etc/systemd/network",
    "/run/systemd/network",
    "/usr/local/lib/systemd/network",
    "/usr/lib/systemd/network",
    "/lib/systemd/network",
)
"""Where .network, .netdev and .link files are; a file hides those of its name in the folders behind."""

RENDERED_BY_NETPLAN = "/run/systemd/network/10-netplan-"
"""How the files begin that netplan makes at boot."""

_NEVER = frozenset({"Kind", "WLANInterfaceType", "SSID", "BSSID"})
"""What no virtio NIC has: it is a wired one, and no virtual one of the guest's own."""

_UNFORESEEN = frozenset({"Host", "KernelVersion", "Credential", "Architecture", "Firmware"})
_OF_OTHER_KINDS = ("ID_BUS=usb", "ID_USB", "DEVTYPE=")
"""How udev's properties begin that no virtio NIC has."""

_OTHERS = ("Virtualization", "KernelCommandLine", "Property")
_IN_A_VM = {"yes": True, "true": True, "1": True, "on": True, "vm": True, "kvm": None, "qemu": None, "amazon": None}
"""What Virtualization= says of an instance. Whether it is KVM or bare QEMU depends on the host."""

_MOST_PATTERNS = 1000


@dataclass(frozen=True)
class Subject:
    """A NIC, as systemd matches it.

    Args:
        properties: The values by which each key matches; one that matches is enough.
        command_line: The kernel's parameters.
    """

    properties: Mapping[str, tuple[str, ...]]
    command_line: tuple[str, ...]


def is_matched(file: Ini, subject: Subject) -> bool:
    """Whether the file is for this NIC.

    Raises:
        Unknown: That hangs on what cannot be told from a disk, or on the version of systemd.
    """
    said = (entry.key for section in file.named("Match") for entry in section.entries)
    keys = {key for key in said if _is_known(key, subject)}
    if not keys:
        raise Unknown(f"{file.path} matches nothing or everything, by the version of systemd")
    answers = {key: _answer(key, file.effective_entries("Match", key), subject) for key in sorted(keys)}
    if False in answers.values():
        return False
    open_key = next((key for key, answer in answers.items() if answer is None), None)
    if open_key is not None:
        raise Unknown(f"whether {file.path} applies hangs on {open_key}=, which is known only at boot")
    return True


def _is_known(key: str, subject: Subject) -> bool:
    return key in subject.properties or key in _NEVER | _UNFORESEEN or key in _OTHERS


def _answer(key: str, entries: tuple[Entry, ...], subject: Subject) -> bool | None:
    """Whether a key's conditions hold; None: cannot be foreseen."""
    if not entries:
        return True
    if key == "Virtualization":
        return _is_virtualized(entries[-1].value)
    if key == "KernelCommandLine":
        return all(_is_on(entry.value, subject.command_line) for entry in entries)
    if key == "Property":
        return False if any(entry.value.startswith(_OF_OTHER_KINDS) for entry in entries) else None
    if key in _UNFORESEEN:
        return None
    patterns = [pattern for entry in entries for pattern in _patterns(entry.value)]
    if len(patterns) > _MOST_PATTERNS:
        raise Unknown(f"{entries[0].location} matches more than {_MOST_PATTERNS} patterns")
    if key in _NEVER:
        return all(pattern.startswith("!") for pattern in patterns)
    if key.endswith("MACAddress"):
        patterns = [pattern.lower().replace("-", ":") for pattern in patterns]
    answers = {_is_one_of(value, patterns) for value in subject.properties[key]}
    if len(answers) > 1 and any(pattern.startswith("!") for pattern in patterns):
        return None  # a name is meant to be left out, but not another name of the same NIC: versions of systemd differ
    return True in answers


def _patterns(value: str) -> list[str]:
    """The patterns of a list; a ``!`` before the first negates them all."""
    inverted = value.startswith("!")
    return [f"{'!' if inverted else ''}{word}" for word in split_words(value.removeprefix("!"))]


def _is_one_of(value: str, patterns: list[str]) -> bool:
    wanted = [pattern for pattern in patterns if not pattern.startswith("!")]
    if any(fnmatchcase(value, pattern[1:]) for pattern in patterns if pattern.startswith("!")):
        return False
    return not wanted or any(fnmatchcase(value, pattern) for pattern in wanted)


def _is_virtualized(value: str) -> bool | None:
    answer = _IN_A_VM.get(value.removeprefix("!").strip().lower(), False)
    return answer if answer is None else answer is not value.startswith("!")


def _is_on(value: str, command_line: tuple[str, ...]) -> bool:
    word = value.removeprefix("!").strip()
    found = any(said == word or ("=" not in word and said.startswith(f"{word}=")) for said in command_line)
    return found is not value.startswith("!")
