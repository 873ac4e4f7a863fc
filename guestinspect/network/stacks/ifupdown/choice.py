"""Which interfaces a line ``auto`` or ``allow-hotplug`` is about.

Source: interfaces(5), "PATTERN MATCHING INTERFACES"; ifupdown's main.c.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from guestinspect.disk.globs import fnmatchcase
from guestinspect.model.fact import Unknown
from guestinspect.network.nic import Nic
from guestinspect.network.stacks.ifupdown.interfaces import Line

_RANGE = re.compile(r"([^\[\]]*)\[(\d{1,5})-(\d{1,5})\]([^\[\]]*)")
_GLOB_SIGNS = "*?[/"


class Program(StrEnum):
    """The programs that are called ``ifup``."""

    IFUPDOWN = "ifupdown"
    IFUPDOWN2 = "ifupdown2"
    IFUPDOWN_NG = "ifupdown-ng"
    BUSYBOX = "busybox ifup"


@dataclass(frozen=True)
class Choice:
    """A NIC that is to be brought up.

    Args:
        stanza: The name of its stanza, another than its own if the line says so: ``auto /en*=nic``.
        location: The line that chose it.
        is_renamed: Whether the stanza's name is another than the NIC's.
    """

    stanza: str
    location: str
    is_renamed: bool = False


def chosen(names: tuple[Line, ...], nic: Nic, nics: tuple[Nic, ...], program: Program) -> Choice | None:
    """The first of these names and patterns that is about the NIC; None: none is.

    Args:
        names: Of the lines of a class.
        nics: Those that are there, in the kernel's order.

    Raises:
        Unknown: It depends on what only the running guest knows.
    """
    for line in names:
        if _is_about(line, nic, nics, program):
            name, _, logical = line.text.partition("=") if program is Program.IFUPDOWN else ("", "", "")
            stanza = logical or (name if name in nic.alternative_names else nic.name)
            return Choice(stanza, line.location, is_renamed=stanza != nic.name)
    return None


def is_named(name: str, nic: Nic, program: Program) -> bool:
    """Whether the name of a stanza is the NIC's; ifupdown2 knows ranges."""
    if program is Program.IFUPDOWN2 and "[" in name:
        return nic.name in _of_range(name)
    return name == nic.name


def _is_about(line: Line, nic: Nic, nics: tuple[Nic, ...], program: Program) -> bool:
    name = line.text
    if program is Program.IFUPDOWN:
        if "/" in name:
            return _is_matched(line, nic, nics)
        # the kernel and dhclient take a NIC's other names for its own: two were seen to come up so
        return name.partition("=")[0] in (nic.name, *nic.alternative_names)
    if program is Program.IFUPDOWN2 and name == "all":
        return True
    if program is Program.IFUPDOWN_NG and any(sign in name for sign in _GLOB_SIGNS):
        raise Unknown(f"what ifupdown-ng makes of {name} ({line.location}) depends on its version")
    if name in nic.alternative_names:
        raise Unknown(
            f"whether {nic.name} comes up by its other name {name} ({line.location}) depends on the DHCP client"
        )
    return is_named(name, nic, program)


def _is_matched(line: Line, nic: Nic, nics: tuple[Nic, ...]) -> bool:
    """Whether ``[VARIABLE]/VALUE[/NUMBER][=LOGICAL]`` matches the NIC."""
    variable, _, rest = line.text.partition("/")
    pattern, _, options = rest.partition("=")[0].partition("/")
    if variable not in ("", "mac") or "(" in pattern:
        raise Unknown(f"whether {line.text} ({line.location}) matches a NIC shows only when the guest runs")
    matching = [one for one in nics if fnmatchcase(one.mac if variable else one.name, pattern)]
    number = re.match(r"\d{1,9}", options)
    if number is None or int(number[0]) == 0:
        return nic in matching
    if fnmatchcase("lo", pattern):
        raise Unknown(f"which NIC {line.text} ({line.location}) counts to depends on their order")
    return matching[int(number[0]) - 1 : int(number[0])] == [nic]


def _of_range(name: str) -> frozenset[str]:
    found = _RANGE.fullmatch(name)
    if found is None or int(found[3]) - int(found[2]) > 1000:
        return frozenset((name,))
    return frozenset(f"{found[1]}{number}{found[4]}" for number in range(int(found[2]), int(found[3]) + 1))
