"""A connection profile of NetworkManager for Ethernet, from any kind of file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from guestinspect.disk.globs import fnmatchcase
from guestinspect.model.fact import Unknown
from guestinspect.model.guest import Pin, Step
from guestinspect.network.nic import Nic
from guestinspect.network.stack import Method
from guestinspect.network.stacks.ifcfg.file import is_ethernet_name

S390_CHANNELS = "s390-subchannels"
"""A condition that no virtio NIC meets. Source: NetworkManager's nm-device-ethernet.c, match_subchans."""


@dataclass(frozen=True)
class NicCondition:
    """A condition of a profile on its NIC.

    Args:
        what: ``interface-name``, ``mac``, ``not-mac``, ``s390-subchannels``, or a key of the section ``match``.
        values: The values, of which one must match; for ``not-mac`` none.
        location: The file and the line.
    """

    what: str
    values: tuple[str, ...]
    location: str

    def is_met(self, nic: Nic, command_line: tuple[str, ...]) -> bool:
        """Return True if a NIC meets the condition."""
        macs = [value.lower().replace("-", ":") for value in self.values]
        if self.what == "mac":
            return nic.mac.lower() in macs
        if self.what == "not-mac":
            return nic.mac.lower() not in macs
        if self.what == S390_CHANNELS:
            return False
        if self.what == "interface-name":
            return nic.name in self.values
        return self._is_met_as_match(nic, command_line)

    def _is_met_as_match(self, nic: Nic, command_line: tuple[str, ...]) -> bool:
        """Return True if a NIC meets a condition of the section ``match``.

        ``!`` negates a value and ``&`` makes it mandatory; of the values without ``&`` or ``!`` one is enough.
        Source: nm-settings(5), "match setting".
        """
        mandatory, alternatives = list[bool](), list[bool]()
        for value in self.values:
            sign, pattern = (value[0], value[1:]) if value[:1] in ("|", "&") else ("", value)
            is_negated = pattern.startswith("!")
            is_match = self._has_match(pattern.removeprefix("!").removeprefix("\\"), nic, command_line)
            is_mandatory = sign == "&" or (is_negated and sign != "|")
            (mandatory if is_mandatory else alternatives).append(is_match is not is_negated)
        return all(mandatory) and (any(alternatives) or not alternatives)

    def _has_match(self, pattern: str, nic: Nic, command_line: tuple[str, ...]) -> bool:
        match self.what:
            case "match.interface-name":
                return fnmatchcase(nic.name, pattern)
            case "match.driver":
                return fnmatchcase(nic.driver, pattern)
            case "match.path":
                return fnmatchcase(nic.path, pattern)
            case "match.kernel-command-line" if "=" in pattern:
                return pattern in command_line
            case "match.kernel-command-line":
                return any(word.partition("=")[0] == pattern for word in command_line)
        raise Unknown(f"{self.location}: the condition {self.what} is not supported here")


@dataclass(frozen=True, kw_only=True)
class Profile:
    """A profile for Ethernet.

    Args:
        name: The name that its user sees: ``System eth0``.
        location: The file.
        uuid: The UUID, or the path of the file if it has none. Of profiles with one UUID, only one counts.
        modified_s: The time of the last change of the file, in seconds since 1970.
        is_for_ethernet: True if it is for Ethernet; others are kept until one is selected of those with the same UUID.
        conditions: The conditions on its NIC, which must all be met.
        autoconnect: True if NetworkManager uses it automatically.
        priority: The profile with the highest priority that fits is used.
        for_several: True if several NICs can have it at once.
        method: The way by which the NIC gets its address.
        has_default_route: True if the default route goes through the NIC.
        unknown_reason: The reason why the outcome with this profile is unknown; empty if it is known.
    """

    name: str
    location: str
    uuid: str
    modified_s: int = 0
    is_for_ethernet: bool = True
    conditions: tuple[NicCondition, ...] = ()
    autoconnect: bool = True
    priority: int = 0
    for_several: bool = False
    method: Method = Method.DHCP
    has_default_route: bool = True
    unknown_reason: str = ""

    def fits(self, nic: Nic, command_line: tuple[str, ...]) -> bool:
        """Return True if a NIC meets all conditions."""
        return all(condition.is_met(nic, command_line) for condition in self.conditions)

    def combined_with(self, others: list[Profile]) -> Profile:
        """Return a profile that stands for this one and others with its UUID, of which NetworkManager may use any.

        It fits a NIC if one of them may, and its effect is unknown.
        """
        twins = [self, *others]
        names = [each.values for twin in twins for each in twin.conditions if each.what == "interface-name"]
        condition = NicCondition("interface-name", tuple(name for values in names for name in values), self.location)
        return replace(
            self,
            conditions=(condition,) if len(names) == len(twins) else (),
            autoconnect=any(twin.autoconnect for twin in twins),
            for_several=True,
            unknown_reason=f"{self.location} and {others[0].location} have the same UUID: NetworkManager uses one",
        )

    def step(self, nic: Nic) -> Step:
        """Return the profile of a NIC as a step of an explanation."""
        if self.method is Method.NONE:
            return Step(f"the profile {self.name!r} gives {nic.name} no IPv4 address", self.location)
        how = "by DHCP" if self.method is Method.DHCP else "with a fixed address"
        return Step(f"the profile {self.name!r} brings {nic.name} up {how}", self.location)

    def pins(self, names: Iterable[str], macs: Iterable[str]) -> Iterator[Pin]:
        """Yield the MAC addresses and names that no NIC of an instance has."""
        for condition in self.conditions:
            for value in condition.values:
                if condition.what == "mac" and value.lower() not in macs:
                    yield Pin(f"MAC address {value}", condition.location)
                if condition.what == "interface-name" and value not in names and is_ethernet_name(value):
                    yield Pin(f"name {value}", condition.location)


def select_per_uuid(profiles: Iterable[Profile]) -> Iterator[Profile]:
    """Yield one profile for each UUID of a folder: that of the newest file."""
    by_uuid: dict[str, list[Profile]] = {}
    for profile in profiles:
        by_uuid.setdefault(profile.uuid, []).append(profile)
    for twins in by_uuid.values():
        newest = max(twin.modified_s for twin in twins)
        last = [twin for twin in twins if twin.modified_s == newest]
        yield last[0] if len(last) == 1 else last[0].combined_with(last[1:])
