"""What udev rules give a NIC as a property: ``ENV{NM_UNMANAGED}="1"``.

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

_GIVEN_BY = ("=", ":=", "+=")


@dataclass(frozen=True)
class UdevProperty:
    """The value that a NIC gets, and the rule that gives it."""

    value: str
    location: str


def rules(tree: Tree, property_name: str) -> tuple[Rule, ...]:
    """The rules that give some device this property, in their order. Most files give it to none, and are long."""
    files = {
        basename(path) for path in list_conf_files(tree, RULE_FOLDERS, ".rules") if _has(tree, path, property_name)
    }
    return tuple(rule for rule in udev_rules.rules_of(tree, files) if values(rule, property_name))


def values(rule: Rule, property_name: str) -> list[str]:
    """The values that a rule gives a property."""
    key = f"ENV{{{property_name}}}"
    return [part.value for part in rule.parts if part.key == key and part.operator in _GIVEN_BY]


def given(found: tuple[Rule, ...], property_name: str, nic: Nic) -> UdevProperty | None:
    """What the last of these rules that is for this NIC gives it; None: none is.

    Raises:
        Unknown: It hangs on something that only the running guest knows.
    """
    for rule in reversed(found):
        if _is_for(rule, property_name, nic):
            return UdevProperty(values(rule, property_name)[-1], rule.location)
    return None


def _has(tree: Tree, path: str, property_name: str) -> bool:
    return property_name.encode() in (tree.read(path) or b"")


def _is_for(rule: Rule, property_name: str, nic: Nic) -> bool:
    try:
        return udev_rules.is_matched(rule, _properties(nic))
    except Unknown as unforeseen:
        raise Unknown(f"whether {rule.location} gives {nic.name} {property_name} is known only at boot") from unforeseen


def _properties(nic: Nic) -> Mapping[str, tuple[str, ...]]:
    """What a rule can ask of a NIC, and what this one would say."""
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
