"""The ifcfg files of RHEL and SUSE: lines of a shell that give values to names, read without a shell.

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
"""In double quotes a backslash is one unless it stands before these."""
_EVALUATED = frozenset("$`")
_YES = frozenset({"yes", "true", "t", "y", "1"})
_NO = frozenset({"no", "false", "f", "n", "0"})
_NAMED_BY_UDEV = re.compile(r"e(?:th|n)")
"""How names of Ethernet NICs begin, whether the kernel or udev gives them."""


@dataclass(frozen=True)
class Ifcfg:
    """What an ifcfg file says.

    Args:
        path: Of the file.
        entries: Its values, in their order.
        for_a_shell: Where it needs a shell to be understood: names, and the first line that gives no value (``""``).
    """

    path: str
    entries: tuple[Entry, ...]
    for_a_shell: tuple[str, ...]

    @property
    def name(self) -> str:
        """What the file is called for: ``eth0``."""
        return self.path.rpartition("/")[2].removeprefix(PREFIX)

    def entry(self, key: str) -> Entry | None:
        """The last line that gives this name a value; None: there is none.

        Raises:
            Unknown: Only a shell can tell the value.
        """
        found = next((entry for entry in reversed(self.entries) if entry.key == key), None)
        if found is not None and key in self.for_a_shell:
            raise Unknown(f"{found.location}: only a shell can tell what {key} is")
        return found

    def text(self, key: str) -> str:
        """The value; empty: there is none."""
        found = self.entry(key)
        return "" if found is None else found.value.strip()

    def location(self, key: str) -> str:
        """Where the value stands; the file, if there is none."""
        found = self.entry(key)
        return self.path if found is None else found.location

    def is_no(self, key: str) -> bool:
        """Whether the value is one of a shell script's words for no."""
        return self.text(key).lower() in _NO

    def is_yes(self, key: str) -> bool:
        """Whether the value is one of a shell script's words for yes."""
        return self.text(key).lower() in _YES

    def has_address(self) -> bool:
        """Whether an IPv4 address is written down: ``IPADDR``, ``IPADDR0``, ``IPADDR_lan``."""
        return any(entry.key.startswith("IPADDR") and entry.value and ":" not in entry.value for entry in self.entries)


def ifcfg_files(tree: Tree, folder: str, ignored: re.Pattern[str]) -> Iterator[Ifcfg]:
    """The ifcfg files of a folder, without those whose name has an ignored ending."""
    for name in tree.names(folder):
        path = f"{folder}/{name}"
        if name.startswith(PREFIX) and name != PREFIX and not ignored.search(name) and is_file(tree, path):
            yield read(tree, path)


def read(tree: Tree, path: str) -> Ifcfg:
    """What a file of such lines says; empty if there is no such file."""
    entries, for_a_shell = list[Entry](), set[str]()
    for number, line in lines(tree, path):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        found = _ASSIGNMENT.match(line)
        if found is None:
            for_a_shell.add("")
            continue
        value, is_certain = unquoted(found[2])
        entries.append(Entry(found[1], value, f"{path}:{number}"))
        for_a_shell.update([] if is_certain else [found[1]])
    return Ifcfg(path, tuple(entries), tuple(sorted(for_a_shell)))


def unquoted(text: str) -> tuple[str, bool]:
    """The value without its quotes, and whether a shell would make the same of it. Nothing is evaluated."""
    value, is_certain = list[str](), True
    for found in _PIECE.finditer(text):
        single, double, escaped, plain, other = found.groups()
        if other is not None and (other.isspace() or other == ";"):
            return "".join(value), is_certain and _is_end(text[found.start() :])
        if double is not None:
            is_certain = is_certain and not _EVALUATED & set(_ESCAPED.sub("", double))
            double = _KEPT.sub(r"\1", double)
        is_certain = is_certain and other is None
        value.append(next(piece for piece in (single, double, escaped, plain, other) if piece is not None))
    return "".join(value), is_certain


def _is_end(rest: str) -> bool:
    """Whether nothing follows a value but one semicolon and a comment. Else it is given to a command."""
    rest = rest.strip().removeprefix(";").lstrip()
    return not rest or rest.startswith("#")


def pins(config: Ifcfg, names: frozenset[str], macs: frozenset[str]) -> Iterator[Pin]:
    """What in a file ties a NIC to one machine: a MAC address or a name that no NIC here has."""
    for key, what, known in (("HWADDR", "MAC address", macs), ("DEVICE", "name", names)):
        entry = config.entry(key) if key not in config.for_a_shell else None
        value = "" if entry is None else entry.value.strip()
        if entry is not None and value and value.lower() not in known and (key == "HWADDR" or is_ethernet_name(value)):
            yield Pin(f"{what} {value}", entry.location)


def is_ethernet_name(name: str) -> bool:
    """Whether a name looks like that of an Ethernet NIC of its own, not of a VLAN or another address on it."""
    return _NAMED_BY_UDEV.match(name) is not None and not set(".:") & set(name)
