"""udev rules that name NICs.

Source: udev(7); systemd's udev-rules.c.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from posixpath import basename

from guestinspect.disk.globs import fnmatchcase
from guestinspect.disk.parse_cache import parse_once
from guestinspect.disk.tree import Tree, join_continued, lines_of
from guestinspect.guest.files.conf_files import find_conf_file, list_conf_files
from guestinspect.model.fact import Unknown

RULE_FOLDERS = (
    "/etc/udev/rules.d",
    "/run/udev/rules.d",
    "/usr/local/lib/udev/rules.d",
    "/usr/lib/udev/rules.d",
    "/lib/udev/rules.d",
)

_NOT_NAMING = frozenset(
    {
        "60-net.rules",
        "71-biosdevname.rules",
        "75-persistent-net-generator.rules",
        "80-net-name-slot.rules",
        "80-net-setup-link.rules",
    }
)
"""Rules of the distributions that name by other files, which are read elsewhere; biosdevname does nothing in a virtual
machine."""

_MOST_LONG_FILES = 4
"""A file of 1 MiB, the longest one that is read, takes 60 MiB at most when it is parsed (measured)."""

_TRUE_FOR_EVERY_NIC = frozenset({"SUBSYSTEM", "ACTION", "KERNEL", "SUBSYSTEMS"})
_CONDITION = frozenset({"==", "!="})
_PART = re.compile(r'([A-Z]+)(?:\{([^}"]{0,200})\})?\s{0,20}(==|!=|\+=|-=|:=|=)\s{0,20}"([^"]*)"')
_NAME = re.compile(rb'\bNAME\s{0,20}:?="')


@dataclass(frozen=True, slots=True)
class Part:
    """A condition or an assignment: ``ATTR{address}=="52:54:00:12:34:56"``."""

    key: str
    operator: str
    value: str

    def holds(self, properties: Mapping[str, tuple[str, ...]]) -> bool | None:
        """Return True if a condition holds for a NIC with these properties; None if that is known only at boot."""
        values = properties.get(self.key)
        if values is None:
            return None
        patterns = self.value.split("|")
        if self.key in ("ATTR{address}", "ATTRS{address}"):
            patterns = [pattern.lower() for pattern in patterns]
        is_matched = any(fnmatchcase(value, pattern) for value in values for pattern in patterns)
        return is_matched is (self.operator == "==")


@dataclass(frozen=True, slots=True)
class Rule:
    """A line of a rules file.

    Args:
        location: The file and the line.
        parts: The conditions and assignments.
        is_skippable: True if a ``GOTO`` before it may skip it, by a condition that is known only at boot.
    """

    location: str
    parts: tuple[Part, ...]
    is_skippable: bool = False

    @property
    def name(self) -> str:
        """Return the name that it gives; empty if it gives none."""
        return next((part.value for part in self.parts if part.key == "NAME" and part.operator in ("=", ":=")), "")

    def conditions(self) -> Iterator[Part]:
        """Yield its conditions."""
        return (part for part in self.parts if part.operator in _CONDITION)

    def applies(self, properties: Mapping[str, tuple[str, ...]]) -> bool:
        """Return True if the rule applies to a NIC with these properties.

        Raises:
            Unknown: It applies only if a condition holds that is known only at boot.
        """
        answers = [(part.key, part.holds(properties)) for part in self.conditions()]
        if any(answer is False for _, answer in answers):
            return False
        open_key = next((key for key, answer in answers if answer is None), None)
        if open_key is not None:
            raise Unknown(f"whether the udev rule {self.location} applies depends on {open_key}, known only at boot")
        if self.is_skippable:
            raise Unknown(f"whether the udev rule {self.location} applies depends on the GOTO before it")
        return True

    def expand_name(self, properties: Mapping[str, tuple[str, ...]]) -> str:
        """Return the name that it gives to a NIC with these properties. Source: udev(7), "NAME", "$env{key}".

        Raises:
            Unknown: The name has a substitution of which the value is known only at boot.
        """
        name = self.name.replace("%k", properties["KERNEL"][0]).replace("$kernel", properties["KERNEL"][0])
        variable = re.fullmatch(r"\$env\{(\w{1,40})\}|%E\{(\w{1,40})\}", name)
        if variable:
            values = properties.get(f"ENV{{{variable[1] or variable[2]}}}")
            name = values[0] if values else name
        if set(name) & set("$%"):
            raise Unknown(f"{self.location} names NICs {self.name!r}, which is known only at boot")
        return name


def naming_rules(tree: Tree) -> tuple[Rule, ...]:
    """Return the rules that give names, in order, except udev's own."""
    paths = [path for path in list_conf_files(tree, RULE_FOLDERS, ".rules") if basename(path) not in _NOT_NAMING]
    # Most files name nothing and are long: a search in their bytes costs less than parsing them.
    naming = [path for path in paths if _NAME.search(tree.read(path) or b"") is not None]
    return tuple(rule for path in naming for rule in parse_rules(path, tree.read(path) or b"") if rule.name)


def rules_in_files(tree: Tree, names: Container[str]) -> Iterator[Rule]:
    """Yield the rules of the files with these names, in order; a masked or missing file has none."""
    paths = (path for path in list_conf_files(tree, RULE_FOLDERS, ".rules") if basename(path) in names)
    return (rule for path in paths for rule in parse_rules(path, tree.read(path) or b""))


def has_rules_file(tree: Tree, name: str) -> bool:
    """Return True if a rules file with this name is there and is not masked."""
    return find_conf_file(tree, RULE_FOLDERS, name) is not None


@parse_once
@lru_cache(_MOST_LONG_FILES)  # parse_once keeps short files only
def parse_rules(path: str, content: bytes) -> tuple[Rule, ...]:
    """Return the rules of a file, in order."""
    all_rules = list[Rule]()
    is_skippable = False
    # A comment in the middle of a continued line is skipped, and the line goes on. Source: udev(7).
    numbered = ((number, line) for number, line in lines_of(content) if not line.lstrip().startswith("#"))
    for number, line in join_continued(numbered):
        parts = tuple(
            Part(f"{part[1]}{{{part[2]}}}" if part[2] is not None else part[1], part[3], part[4])
            for part in _PART.finditer(line)
        )
        if any(part.key == "GOTO" for part in parts):
            conditions = {part.key for part in parts if part.operator in _CONDITION}
            is_skippable = is_skippable or not conditions <= _TRUE_FOR_EVERY_NIC
        if parts:
            all_rules.append(Rule(f"{path}:{number}", parts, is_skippable))
    return tuple(all_rules)
