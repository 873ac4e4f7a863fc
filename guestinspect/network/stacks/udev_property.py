"""The properties that udev rules give a NIC: ``ENV{NM_UNMANAGED}="1"``.

Source: udev(7); systemd's udev-rules.c.
"""

from __future__ import annotations

from collections.abc import Mapping
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
            is_for_nic = udev_rules.applies(rule, _properties(nic))
        except Unknown as unknown:
            reason = f"whether {rule.location} gives {nic.name} the property {property_name} is known only at boot"
            raise Unknown(reason) from unknown
        if is_for_nic:
            return UdevProperty(list_values(rule, property_name)[-1], rule.location)
    return None


def _properties(nic: Nic) -> Mapping[str, tuple[str, ...]]:
    """Return the properties of a NIC that a rule can match."""
    name = (nic.name,)
    return {
        "ACTION": ("add", "change", "move"),
        "SUBSYSTEM": ("net",),
        "KERNEL": name,
        "NAME": name,
        "DRIVERS": (nic.driver, "virtio-pci"),
        "SUBSYSTEMS": ("virtio", "pci"),
        "ENV{INTERFACE}": name,
        "ENV{ID_NET_NAME}": name,
        "ENV{ID_NET_DRIVER}": (nic.driver,),
        "ENV{ID_PATH}": (nic.path,),
        "ENV{DEVTYPE}": ("",),
        "ATTR{address}": (nic.mac.lower(),),
        "ATTR{type}": ("1",),
    }
