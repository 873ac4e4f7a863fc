"""The ifcfg files of RHEL and SUSE: shell assignments, read without a shell.

Source: GNU Bash manual, "Quoting"; NetworkManager's shvar.c; initscripts' network-functions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from guestinspect.disk.tree import Tree, is_file, lines
from guestinspect.guest.files.ini import Entry
from guestinspect.model.fact import Unknown
from guestinspect.model.guest import Pin

PREFIX = "ifcfg-"

_ASSIGNMENT = re.compile(r"\s*([A-Za-z_][A-Za-z0-9_]*)=(.*)", re.DOTALL)
_PIECE = re.compile(r"""'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)|([^\s'"\\;|&()<>`$]+)|(.)""", re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_KEPT = re.compile(r"""\\([$`"\\])""")
"""In double quotes a backslash is an escape character only before these."""
_EVALUATED = frozenset("$`")
_YES = frozenset({"yes", "true", "t", "y", "1"})
_NO = frozenset({"no", "false", "f", "n", "0"})
_NAMED_BY_UDEV = re.compile(r"e(?:th|n)")
"""The beginnings of names that the kernel and udev give Ethernet NICs."""


@dataclass(frozen=True)
class Ifcfg:
    """An ifcfg file.

    Args:
        path: The path of the file.
        entries: The assignments, in order.
        needs_shell: The keys whose value only a shell knows; an empty one for a line that is not an assignment.
    """

    path: str
    entries: tuple[Entry, ...]
    needs_shell: tuple[str, ...]

    @property
    def name(self) -> str:
        """Return the name in the name of the file: ``eth0``."""
        return self.path.rpartition("/")[2].removeprefix(PREFIX)

    def entry(self, key: str) -> Entry | None:
        """Return the last assignment to a key; None if there is none.

        Raises:
            Unknown: Only a shell knows the value.
        """
        last = next((entry for entry in reversed(self.entries) if entry.key == key), None)
        if last is not None and key in self.needs_shell:
            raise Unknown(f"{last.location}: only a shell can evaluate {key}")
        return last

    def text(self, key: str) -> str:
        """Return the value of a key; empty if there is none."""
        entry = self.entry(key)
        return "" if entry is None else entry.value.strip()

    def location(self, key: str) -> str:
        """Return the location of a value; that of the file if there is none."""
        entry = self.entry(key)
        return self.path if entry is None else entry.location

    def is_no(self, key: str) -> bool:
        """Return True if the value is one of the scripts' words for no."""
        return self.text(key).lower() in _NO

    def is_yes(self, key: str) -> bool:
        """Return True if the value is one of the scripts' words for yes."""
        return self.text(key).lower() in _YES

    def has_address(self) -> bool:
        """Return True if it has an IPv4 address: ``IPADDR``, ``IPADDR0``, ``IPADDR_lan``."""
        return any(entry.key.startswith("IPADDR") and entry.value and ":" not in entry.value for entry in self.entries)


def list_ifcfg_files(tree: Tree, folder: str, ignored: re.Pattern[str]) -> Iterator[Ifcfg]:
    """Yield the ifcfg files of a folder, except those with an ignored name."""
    for name in tree.names(folder):
        path = f"{folder}/{name}"
        if name.startswith(PREFIX) and name != PREFIX and not ignored.search(name) and is_file(tree, path):
            yield read_ifcfg(tree, path)


def read_ifcfg(tree: Tree, path: str) -> Ifcfg:
    """Return a file of shell assignments; an empty one if there is no such file."""
    entries, needs_shell = list[Entry](), set[str]()
    for number, line in lines(tree, path):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        assignment = _ASSIGNMENT.match(line)
        if assignment is None:
            needs_shell.add("")
            continue
        value, is_certain = unquote(assignment[2])
        entries.append(Entry(assignment[1], value, f"{path}:{number}"))
        needs_shell.update([] if is_certain else [assignment[1]])
    return Ifcfg(path, tuple(entries), tuple(sorted(needs_shell)))


def unquote(text: str) -> tuple[str, bool]:
    """Return the value without its quotes, and True if a shell evaluates it to the same. Nothing is evaluated here.

    The value ends at a space outside of quotes. Only a comment may follow: a shell would run other words as a command,
    with the assignment in its environment. Source: GNU Bash manual, "Simple Command Expansion".
    """
    value, is_certain = list[str](), True
    for piece in _PIECE.finditer(text):
        single, double, escaped, plain, other = piece.groups()
        if other is not None and (other.isspace() or other == ";"):
            rest = text[piece.start() :].strip().removeprefix(";").lstrip()
            return "".join(value), is_certain and (not rest or rest.startswith("#"))
        if double is not None:
            is_certain = is_certain and not _EVALUATED & set(_ESCAPED.sub("", double))
            double = _KEPT.sub(r"\1", double)
        is_certain = is_certain and other is None
        value.append(next(part for part in (single, double, escaped, plain, other) if part is not None))
    return "".join(value), is_certain


def find_pins(config: Ifcfg, names: frozenset[str], macs: frozenset[str]) -> Iterator[Pin]:
    """Yield the MAC addresses and names in a file that no NIC of an instance has."""
    for key, what, known in (("HWADDR", "MAC address", macs), ("DEVICE", "name", names)):
        entry = config.entry(key) if key not in config.needs_shell else None
        value = "" if entry is None else entry.value.strip()
        if entry is not None and value and value.lower() not in known and (key == "HWADDR" or is_ethernet_name(value)):
            yield Pin(f"{what} {value}", entry.location)


def is_ethernet_name(name: str) -> bool:
    """Return True for a name of an Ethernet NIC, not of a VLAN (``eth0.5``) or a second address (``eth0:1``)."""
    return _NAMED_BY_UDEV.match(name) is not None and not set(".:") & set(name)
