"""The interfaces that a line ``auto`` or ``allow-hotplug`` selects.

Source: interfaces(5), "PATTERN MATCHING INTERFACES"; ifupdown's main.c.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from guestinspect.disk.globs import fnmatchcase
from guestinspect.model.fact import Unknown
from guestinspect.network.nic import Nic
from guestinspect.network.stacks.ifupdown.interfaces import Line
from guestinspect.network.stacks.ifupdown.program import IfupProgram

_RANGE = re.compile(r"([^\[\]]*)\[(\d{1,5})-(\d{1,5})\]([^\[\]]*)")
_GLOB_SIGNS = "*?[/"
_MOST_IN_RANGE = 1000


@dataclass(frozen=True)
class Choice:
    """The line that selects a NIC.

    Args:
        stanza: The name of the stanza to use, which the line can set: ``auto /en*=nic``.
        location: The line.
        is_renamed: True if the name of the stanza is not that of the NIC.
    """

    stanza: str
    location: str
    is_renamed: bool = False


def find_choice(names: tuple[Line, ...], nic: Nic, nics: tuple[Nic, ...], program: IfupProgram) -> Choice | None:
    """Return the first of these names and patterns that selects the NIC; None if none does.

    Args:
        names: The names and patterns in the lines of a class.
        nic: The NIC.
        nics: The NICs that are there, in the kernel's order.
        program: The program that reads the lines.

    Raises:
        Unknown: The selection is known only at boot.
    """
    for line in names:
        if _selects(line, nic, nics, program):
            name, _, logical = line.text.partition("=") if program is IfupProgram.IFUPDOWN else ("", "", "")
            stanza = logical or (name if name in nic.alternative_names else nic.name)
            return Choice(stanza, line.location, is_renamed=stanza != nic.name)
    return None


def is_named(name: str, nic: Nic, program: IfupProgram) -> bool:
    """Return True if the name of a stanza is that of the NIC; ifupdown2 supports ranges."""
    if program is IfupProgram.IFUPDOWN2 and "[" in name:
        limits = _RANGE.fullmatch(name)
        if limits is not None and int(limits[3]) - int(limits[2]) <= _MOST_IN_RANGE:
            numbers = range(int(limits[2]), int(limits[3]) + 1)
            return nic.name in (f"{limits[1]}{number}{limits[4]}" for number in numbers)
    return name == nic.name


def _selects(line: Line, nic: Nic, nics: tuple[Nic, ...], program: IfupProgram) -> bool:
    name = line.text
    if program is IfupProgram.IFUPDOWN:
        if "/" in name:
            return _is_matched(line, nic, nics)
        # The kernel and dhclient accept the other names of a NIC: two NICs were seen to come up by them.
        return name.partition("=")[0] in (nic.name, *nic.alternative_names)
    if program is IfupProgram.IFUPDOWN2 and name == "all":
        return True
    if program is IfupProgram.IFUPDOWN_NG and any(sign in name for sign in _GLOB_SIGNS):
        raise Unknown(f"the effect of {name} ({line.location}) depends on the version of ifupdown-ng")
    if name in nic.alternative_names:
        raise Unknown(
            f"whether {nic.name} comes up by its alternative name {name} ({line.location}) depends on the DHCP client"
        )
    return is_named(name, nic, program)


def _is_matched(line: Line, nic: Nic, nics: tuple[Nic, ...]) -> bool:
    """Return True if ``[VARIABLE]/VALUE[/NUMBER][=LOGICAL]`` matches the NIC.

    With a number N, the pattern matches the N-th of the NICs that fit only.
    """
    variable, _, rest = line.text.partition("/")
    pattern, _, options = rest.partition("=")[0].partition("/")
    if variable not in ("", "mac") or "(" in pattern:
        raise Unknown(f"whether {line.text} ({line.location}) matches a NIC is known only at boot")
    matching = [each for each in nics if fnmatchcase(each.mac if variable else each.name, pattern)]
    number = re.match(r"\d{1,9}", options)
    if number is None or int(number[0]) == 0:
        return nic in matching
    if fnmatchcase("lo", pattern):
        raise Unknown(f"the NIC that {line.text} ({line.location}) selects depends on the order of the NICs")
    return matching[int(number[0]) - 1 : int(number[0])] == [nic]
