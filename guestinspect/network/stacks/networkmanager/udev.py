"""udev rules that keep NetworkManager away from a NIC: ``ENV{NM_UNMANAGED}="1"``.

Source: NetworkManager's 85-nm-unmanaged.rules and nm-linux-platform.c; netplan's 90-netplan.rules.
"""

from __future__ import annotations

from guestinspect.disk.tree import Tree
from guestinspect.model.guest import Step
from guestinspect.network.nic import Nic
from guestinspect.network.stacks import udev_property
from guestinspect.network.udev_rules import Rule

_PROPERTY = "NM_UNMANAGED"
_NO = ("", "0", "false", "no", "n", "f")


def list_rules(tree: Tree) -> tuple[Rule, ...]:
    """Return the rules that keep NetworkManager away from a NIC, or that allow it one."""
    return udev_property.list_rules(tree, _PROPERTY)


def find_obstacle(rules: tuple[Rule, ...], nic: Nic) -> Step | None:
    """Return the rule that keeps NetworkManager away from this NIC; None if no rule does.

    Raises:
        Unknown: A rule has a condition that is known only at boot.
    """
    unmanaged = udev_property.find_value(rules, _PROPERTY, nic)
    if unmanaged is None or unmanaged.value.lower() in _NO:
        return None
    return Step(f"a udev rule keeps NetworkManager away from {nic.name}", unmanaged.location)
