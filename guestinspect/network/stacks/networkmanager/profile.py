"""A connection profile of NetworkManager for Ethernet, whatever kind of file it comes from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from guestinspect.disk.globs import fnmatchcase
from guestinspect.model.fact import Unknown
from guestinspect.model.guest import Pin, Step
from guestinspect.network.nic import Nic
from guestinspect.network.stack import Method
from guestinspect.network.stacks.ifcfg.file import is_ethernet_name

OF_A_MAINFRAME = "s390-subchannels"
"""A wish that no virtio NIC meets. Source: NetworkManager's nm-device-ethernet.c, match_subchans."""


@dataclass(frozen=True)
class Wish:
    """What a profile asks of a NIC, and where it stands.

    Args:
        what: ``interface-name``, ``mac``, ``not-mac``, ``s390-subchannels``, or a key of the section ``match``.
        values: One of them must fit; for ``not-mac`` none.
    """

    what: str
    values: tuple[str, ...]
    location: str


@dataclass(frozen=True, kw_only=True)
class Profile:
    """A profile for Ethernet.

    Args:
        name: As its user sees it: ``System eth0``.
        location: Its file.
        uuid: Of two profiles with the same one, only one is there. The path of its file, if it says none.
        modified_s: When its file was written last, in seconds since 1970.
        is_for_ethernet: Whether it is; others are kept only until one is chosen of those with the same UUID.
        wishes: All of them must be met by a NIC.
        autoconnect: Whether NetworkManager takes it by itself.
        priority: The highest one that fits is taken.
        for_several: Whether several NICs can have it at once.
        method: How the NIC gets its address.
        has_default_route: Whether the default route goes through it.
        unforeseeable: Why it cannot be told what becomes of a NIC with it; empty: it can.
    """

    name: str
    location: str
    uuid: str
    modified_s: int = 0
    is_for_ethernet: bool = True
    wishes: tuple[Wish, ...] = ()
    autoconnect: bool = True
    priority: int = 0
    for_several: bool = False
    method: Method = Method.DHCP
    has_default_route: bool = True
    unforeseeable: str = ""

    def fits(self, nic: Nic, command_line: tuple[str, ...]) -> bool:
        """Whether a NIC meets all its wishes."""
        return all(_is_met(wish, nic, command_line) for wish in self.wishes)

    def step(self) -> Step:
        """The profile as a step of an explanation."""
        if self.method is Method.NONE:
            return Step(f"the profile {self.name!r} gives no address", self.location)
        by = "by DHCP" if self.method is Method.DHCP else "a fixed address"
        return Step(f"the profile {self.name!r} brings it up, {by}", self.location)

    def pins(self, names: Iterable[str], macs: Iterable[str]) -> Iterator[Pin]:
        """What ties it to one machine: a MAC address or a name that no NIC here has."""
        for wish in self.wishes:
            for value in wish.values:
                if wish.what == "mac" and value.lower() not in macs:
                    yield Pin(f"MAC address {value}", wish.location)
                if wish.what == "interface-name" and value not in names and is_ethernet_name(value):
                    yield Pin(f"name {value}", wish.location)


def one_per_uuid(profiles: Iterable[Profile]) -> Iterator[Profile]:
    """Of the profiles of a folder that have the same UUID the one that counts: that of the newest file."""
    by_uuid: dict[str, list[Profile]] = {}
    for profile in profiles:
        by_uuid.setdefault(profile.uuid, []).append(profile)
    for twins in by_uuid.values():
        newest = max(twin.modified_s for twin in twins)
        last = [twin for twin in twins if twin.modified_s == newest]
        yield last[0] if len(last) == 1 else _any_of(last)


def _any_of(twins: list[Profile]) -> Profile:
    """One that stands for all of them: they were written in the same second, and nobody knows which one counts."""
    names = [wish.values for twin in twins for wish in twin.wishes if wish.what == "interface-name"]
    wish = Wish("interface-name", tuple(name for values in names for name in values), twins[0].location)
    return replace(
        twins[0],
        wishes=(wish,) if len(names) == len(twins) else (),
        autoconnect=any(twin.autoconnect for twin in twins),
        for_several=True,
        unforeseeable=f"{twins[0].location} and {twins[1].location} have the same UUID: NetworkManager uses one",
    )


def _is_met(wish: Wish, nic: Nic, command_line: tuple[str, ...]) -> bool:
    macs = [value.lower().replace("-", ":") for value in wish.values]
    if wish.what == "mac":
        return nic.mac.lower() in macs
    if wish.what == "not-mac":
        return nic.mac.lower() not in macs
    if wish.what == OF_A_MAINFRAME:
        return False
    if wish.what == "interface-name":
        return nic.name in wish.values
    return _is_matched(wish, nic, command_line)


def _is_matched(wish: Wish, nic: Nic, command_line: tuple[str, ...]) -> bool:
    """``!`` turns an entry around, ``&`` makes it a must. Source: nm-settings(5), "match setting"."""
    musts, choices = list[bool](), list[bool]()
    for value in wish.values:
        sign, pattern = (value[0], value[1:]) if value[:1] in ("|", "&") else ("", value)
        is_turned = pattern.startswith("!")
        is_fit = _is_one_matched(wish, pattern.removeprefix("!").removeprefix("\\"), nic, command_line)
        is_must = sign == "&" or (is_turned and sign != "|")
        (musts if is_must else choices).append(is_fit is not is_turned)
    return all(musts) and (any(choices) or not choices)


def _is_one_matched(wish: Wish, pattern: str, nic: Nic, command_line: tuple[str, ...]) -> bool:
    match wish.what:
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
    raise Unknown(f"{wish.location}: {wish.what} is not understood")
