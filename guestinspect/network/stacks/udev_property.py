"""The properties that udev rules give a NIC: ``ENV{NM_UNMANAGED}="1"``.

Source: udev(7); systemd's udev-rules.c.
"""

from __future__ import annotations

from dataclasses import dataclass
from posixpath import basename

from guestinspect.disk.tree import Tree
from guestinspect.guest.files.conf_files import list_conf_files
from guestinspect.model.fact import Unknown
from guestinspect.network import udev_rules
from guestinspect.network.nic import Nic
from guestinspect.network.udev_rules import RULE_FOLDERS, Rule

_ASSIGNMENTS = ("=", ":=", "+=")


@dataclass(frozen=True)
class UdevProperty:
    """The value of a property, and the rule that gives it."""

    value: str
    location: str


def list_rules(tree: Tree, property_name: str) -> tuple[Rule, ...]:
    """Return the rules that give a device this property, in order. Most files do not name it, and are long."""
    paths = list_conf_files(tree, RULE_FOLDERS, ".rules")
    files = {basename(path) for path in paths if property_name.encode() in (tree.read(path) or b"")}
    return tuple(rule for rule in udev_rules.rules_in_files(tree, files) if list_values(rule, property_name))


def list_values(rule: Rule, property_name: str) -> list[str]:
    """Return the values that a rule gives a property."""
    key = f"ENV{{{property_name}}}"
    return [part.value for part in rule.parts if part.key == key and part.operator in _ASSIGNMENTS]


def find_value(rules: tuple[Rule, ...], property_name: str, nic: Nic) -> UdevProperty | None:
    """Return the property by the last of these rules that applies to the NIC; None if none does.

    Raises:
        Unknown: A rule has a condition that is known only at boot.
    """
    for rule in reversed(rules):
        try:
            is_for_nic = rule.applies(nic.udev_properties)
        except Unknown as unknown:
            reason = f"whether {rule.location} gives {nic.name} the property {property_name} is known only at boot"
            raise Unknown(reason) from unknown
        if is_for_nic:
            return UdevProperty(list_values(rule, property_name)[-1], rule.location)
    return None
