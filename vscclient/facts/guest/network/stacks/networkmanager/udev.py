"""udev rules that keep NetworkManager away from a NIC: ``ENV{NM_UNMANAGED}="1"``.

Source: NetworkManager's 85-nm-unmanaged.rules and nm-linux-platform.c; netplan's 90-netplan.rules.
"""

from __future__ import annotations

from collections.abc import Mapping

from vscclient.facts.guest.network import udev_rules
from vscclient.facts.guest.network.nic import Nic
from vscclient.facts.guest.network.udev_rules import Rule
from vscclient.facts.guest.tree import Tree
from vscclient.model.guest import Step

_VARIABLE = "ENV{NM_UNMANAGED}"
_NO = ("", "0", "false", "no", "n", "f")


def rules(tree: Tree) -> tuple[Rule, ...]:
    """The rules that keep it away from some NIC, or let it have one after all."""
    return tuple(rule for rule in udev_rules.rules(tree) if _values(rule))


def unmanaged(found: tuple[Rule, ...], nic: Nic) -> Step | None:
    """The rule among these that keeps NetworkManager away from this NIC; None: no rule does.

    Raises:
        Unknown: It hangs on something that only the running guest knows.
    """
    last = next((rule for rule in reversed(found) if udev_rules.is_matched(rule, _properties(nic))), None)
    if last is None or _values(last)[-1].lower() in _NO:
        return None
    return Step(f"a udev rule keeps NetworkManager away from {nic.name}", last.seen_at)


def _values(rule: Rule) -> list[str]:
    return [part.value for part in rule.parts if part.key == _VARIABLE and part.operator in ("=", ":=", "+=")]


def _properties(nic: Nic) -> Mapping[str, tuple[str, ...]]:
    """What a rule can ask of a NIC, and what this one would say."""
    name = (nic.name,)
    return {
        "ACTION": ("add", "change", "move"),
        "SUBSYSTEM": ("net",),
        "KERNEL": name,
        "NAME": name,
        "ENV{INTERFACE}": name,
        "ENV{ID_NET_NAME}": name,
        "ENV{ID_NET_DRIVER}": (nic.driver,),
        "ENV{ID_PATH}": (nic.path,),
        "ENV{DEVTYPE}": ("",),
        "ATTR{address}": (nic.mac.lower(),),
        "ATTR{type}": ("1",),
    }
