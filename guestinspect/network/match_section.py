"""The [Match] section of a .network or .link file, applied to a NIC.

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
"""The folders of .network, .netdev and .link files; a file hides those of its name in later folders."""

NETPLAN_PREFIX = "/run/systemd/network/10-netplan-"
"""The beginning of the paths that netplan generates at boot."""

_NEVER = frozenset({"Kind", "WLANInterfaceType", "SSID", "BSSID"})
"""The keys that match no virtio NIC: it is a wired one, and not a virtual one of the guest's own."""

_KNOWN_AT_BOOT = frozenset({"Host", "KernelVersion", "Credential", "Architecture", "Firmware"})
_OTHER_DEVICES = ("ID_BUS=usb", "ID_USB", "DEVTYPE=")
"""The beginnings of udev properties that no virtio NIC has."""

_OTHERS = ("Virtualization", "KernelCommandLine", "Property")
_VIRTUALIZATION = {
    **{"yes": True, "true": True, "1": True, "on": True, "vm": True},
    **{"kvm": None, "qemu": None, "amazon": None},
}
"""The values of Virtualization= that match an instance. The host decides whether it is KVM or bare QEMU."""

_MOST_PATTERNS = 1000


@dataclass(frozen=True)
class NicProperties:
    """A NIC, as systemd matches it.

    Args:
        values: The values by which each key matches; one that matches is enough.
        command_line: The kernel parameters.
    """

    values: Mapping[str, tuple[str, ...]]
    command_line: tuple[str, ...]

    @classmethod
    def of_virtio(
        cls, mac: str, path: str, names: Mapping[str, tuple[str, ...]], command_line: tuple[str, ...]
    ) -> NicProperties:
        """Return the properties of a virtio NIC.

        Args:
            mac: The MAC address.
            path: The persistent path in udev.
            names: The names by which the file matches it: ``OriginalName`` or ``Name``.
            command_line: The kernel parameters.
        """
        values = {"MACAddress": (mac,), "PermanentMACAddress": (mac,), "Path": (path,)}
        return cls({**names, **values, "Driver": ("virtio_net",), "Type": ("ether",)}, command_line)

    def meets(self, key: str, entries: tuple[Entry, ...]) -> bool | None:
        """Return True if the conditions of a key hold; None if that is known only at boot."""
        if not entries:
            return True
        if key == "Virtualization":
            value = entries[-1].value
            answer = _VIRTUALIZATION.get(value.removeprefix("!").strip().lower(), False)
            return answer if answer is None else answer is not value.startswith("!")
        if key == "KernelCommandLine":
            return all(self.has_parameter(entry.value) for entry in entries)
        if key == "Property":
            return False if any(entry.value.startswith(_OTHER_DEVICES) for entry in entries) else None
        if key in _KNOWN_AT_BOOT:
            return None
        patterns = _Patterns.read(entries)
        if key in _NEVER:
            return not patterns.wanted
        if key.endswith("MACAddress"):
            patterns = _Patterns(_plain_macs(patterns.wanted), _plain_macs(patterns.excluded))
        answers = {patterns.match(value) for value in self.values[key]}
        # Versions of systemd differ if one name of the NIC is excluded and another one is not.
        return None if len(answers) > 1 and patterns.excluded else True in answers

    def has_parameter(self, condition: str) -> bool:
        """Return True if a condition on the kernel parameters holds: ``WORD``, ``KEY``, or ``!`` before one of them."""
        word = condition.removeprefix("!").strip()
        is_there = any(each == word or ("=" not in word and each.startswith(f"{word}=")) for each in self.command_line)
        return is_there is not condition.startswith("!")


@dataclass(frozen=True)
class _Patterns:
    """The patterns of a key.

    Args:
        wanted: The patterns of which one must match; any value matches if there are none.
        excluded: The patterns of which none must match.
    """

    wanted: tuple[str, ...]
    excluded: tuple[str, ...]

    @classmethod
    def read(cls, entries: tuple[Entry, ...]) -> _Patterns:
        """Return the patterns of all entries of a key: ``!`` before a list negates the list, and each word can have it.

        Source: systemd.network(5), "[MATCH] SECTION OPTIONS"; systemd's net-condition.c, config_parse_match_strv.
        """
        wanted, excluded = list[str](), list[str]()
        for entry in entries:
            is_negated = entry.value.startswith("!")
            for word in split_words(entry.value.removeprefix("!")):
                if is_negated or word.startswith("!"):
                    excluded.append(word if is_negated else word[1:])
                else:
                    wanted.append(word)
        if len(wanted) + len(excluded) > _MOST_PATTERNS:
            raise Unknown(f"{entries[0].location} has more than {_MOST_PATTERNS} patterns")
        return cls(tuple(wanted), tuple(excluded))

    def match(self, value: str) -> bool:
        """Return True if a value of a NIC matches."""
        if any(fnmatchcase(value, pattern) for pattern in self.excluded):
            return False
        return not self.wanted or any(fnmatchcase(value, pattern) for pattern in self.wanted)


def matches(file: Ini, nic: NicProperties) -> bool:
    """Return True if the file applies to this NIC.

    Raises:
        Unknown: The answer depends on the running guest, or on the version of systemd.
    """
    keys = {entry.key for section in file.named("Match") for entry in section.entries}
    known = sorted(key for key in keys if key in nic.values or key in _NEVER | _KNOWN_AT_BOOT or key in _OTHERS)
    if not known:
        raise Unknown(f"the [Match] section of {file.path} is empty: versions of systemd apply it to no NIC or to all")
    answers = {key: nic.meets(key, file.effective_entries("Match", key)) for key in known}
    if False in answers.values():
        return False
    open_key = next((key for key, answer in answers.items() if answer is None), None)
    if open_key is not None:
        raise Unknown(f"whether {file.path} applies depends on {open_key}=, known only at boot")
    return True


def _plain_macs(patterns: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(pattern.lower().replace("-", ":") for pattern in patterns)
