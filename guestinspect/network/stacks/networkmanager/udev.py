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


def rules(tree: Tree) -> tuple[Rule, ...]:
    """The rules that keep it away from some NIC, or let it have one after all."""
    return udev_property.rules(tree, _PROPERTY)


def unmanaged(found: tuple[Rule, ...], nic: Nic) -> Step | None:
    """The rule among these that keeps NetworkManager away from this NIC; None: no rule does.

    Raises:
        Unknown: It hangs on something that only the running guest knows.
    """
    given = udev_property.given(found, _PROPERTY, nic)
    if given is None or given.value.lower() in _NO:
        return None
    return Step(f"a udev rule keeps NetworkManager away from {nic.name}", given.location)
