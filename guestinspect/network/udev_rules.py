"""udev rules that name NICs.

Source: udev(7); systemd's udev-rules.c.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from posixpath import basename

from guestinspect.disk.globs import fnmatchcase
from guestinspect.disk.parse_cache import parse_once
from guestinspect.disk.tree import Tree, join_continued, lines_of
from guestinspect.guest.files.conf_files import list_conf_files
from guestinspect.model.fact import Unknown

RULE_FOLDERS = (
    "/etc/udev/rules.d",
    "/run/udev/rules.d",
    "/usr/local/lib/udev/rules.d",
    "/usr/lib/udev/rules.d",
    "/lib/udev/rules.d",
)

_NO_NAMES = frozenset(
    {
        "60-net.rules",
        "71-biosdevname.rules",
        "75-persistent-net-generator.rules",
        "80-net-name-slot.rules",
        "80-net-setup-link.rules",
    }
)
"""Rules of the distributions: they name by the guest's own files, or are looked at elsewhere; biosdevname is silent in
a virtual machine."""

_FOREGONE = frozenset({"SUBSYSTEM", "ACTION", "KERNEL", "SUBSYSTEMS"})
_CONDITION = frozenset({"==", "!="})
_PART = re.compile(r'([A-Z]+)(?:\{([^}"]{0,200})\})?\s{0,20}(==|!=|\+=|-=|:=|=)\s{0,20}"([^"]*)"')
_NAMES = re.compile(rb'\bNAME\s{0,20}:?="')


@dataclass(frozen=True)
class Part:
    """``ATTR{address}=="52:54:00:12:34:56"``: a condition, or what is done."""

    key: str
    operator: str
    value: str


@dataclass(frozen=True)
class Rule:
    """A line of a rules file.

    Args:
        location: File and line.
        is_skippable: Whether a jump before it may pass it over, by what cannot be foreseen.
    """

    location: str
    parts: tuple[Part, ...]
    is_skippable: bool = False

    @property
    def name(self) -> str:
        """The name that it gives; empty: none."""
        return next((part.value for part in self.parts if part.key == "NAME" and part.operator in ("=", ":=")), "")

    def conditions(self) -> Iterator[Part]:
        """What has to be so."""
        return (part for part in self.parts if part.operator in _CONDITION)


def naming_rules(tree: Tree) -> tuple[Rule, ...]:
    """The rules that give names, in their order, but for those of udev itself."""
    paths = [path for path in list_conf_files(tree, RULE_FOLDERS, ".rules") if basename(path) not in _NO_NAMES]
    return tuple(rule for path in paths if _may_name(tree, path) for rule in _rules(tree, path) if rule.name)


def rules(tree: Tree) -> Iterator[Rule]:
    """All rules, in the order in which udev applies them."""
    return (rule for path in list_conf_files(tree, RULE_FOLDERS, ".rules") for rule in _rules(tree, path))


def rules_of(tree: Tree, names: Container[str]) -> Iterator[Rule]:
    """The rules of the files of these names, in their order; none of one that is masked or not there."""
    paths = (path for path in list_conf_files(tree, RULE_FOLDERS, ".rules") if basename(path) in names)
    return (rule for path in paths for rule in _rules(tree, path))


def is_there(tree: Tree, name: str) -> bool:
    """Whether a rules file of this name is there and not masked."""
    return any(basename(path) == name for path in list_conf_files(tree, RULE_FOLDERS, ".rules"))


def is_matched(rule: Rule, properties: Mapping[str, tuple[str, ...]]) -> bool:
    """Whether the rule is for a NIC with these properties.

    Raises:
        Unknown: It would be, but for what cannot be foreseen.
    """
    answers = [_answer(part, properties) for part in rule.conditions()]
    if False in answers:
        return False
    if None in answers or rule.is_skippable:
        raise Unknown(f"whether {rule.location} names a NIC is known only at boot")
    return True


def _answer(part: Part, properties: Mapping[str, tuple[str, ...]]) -> bool | None:
    """Whether a condition holds; None: cannot be foreseen."""
    values = properties.get(part.key)
    if values is None:
        return None
    patterns = part.value.split("|")
    if part.key in ("ATTR{address}", "ATTRS{address}"):
        patterns = [pattern.lower() for pattern in patterns]
    found = any(fnmatchcase(value, pattern) for value in values for pattern in patterns)
    return found is (part.operator == "==")


def _may_name(tree: Tree, path: str) -> bool:
    """Most files name nothing, and are long."""
    return _NAMES.search(tree.read(path) or b"") is not None


def _rules(tree: Tree, path: str) -> tuple[Rule, ...]:
    return _rules_of(path, tree.read(path) or b"")


@parse_once
def _rules_of(path: str, content: bytes) -> tuple[Rule, ...]:
    return tuple(_read(path, content))


def _read(path: str, content: bytes) -> Iterator[Rule]:
    is_skippable = False
    for number, line in _joined(content):
        parts = tuple(
            Part(f"{found[1]}{{{found[2]}}}" if found[2] is not None else found[1], found[3], found[4])
            for found in _PART.finditer(line)
        )
        if any(part.key == "GOTO" for part in parts):
            conditions = {part.key for part in parts if part.operator in _CONDITION}
            is_skippable = is_skippable or not conditions <= _FOREGONE
        yield Rule(f"{path}:{number}", parts, is_skippable)


def _joined(content: bytes) -> Iterator[tuple[int, str]]:
    """The lines; a comment is passed over in the middle of one that is continued, too. Source: udev(7)."""
    return join_continued((number, line) for number, line in lines_of(content) if not line.lstrip().startswith("#"))
