"""What every network stack answers: does this NIC come up, and why?"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from guestinspect.disk.tree import Tree
from guestinspect.guest.services.units import Units
from guestinspect.model.guest import Pin, Step
from guestinspect.network.nic import Nic


class Method(StrEnum):
    """How a NIC gets its address."""

    DHCP = "dhcp"
    STATIC = "static"
    NONE = "none"


@dataclass(frozen=True)
class Answer:
    """What a stack does with a NIC.

    Args:
        method: How it gets its IPv4 address; ``none``: it does not.
        why: The steps that lead there.
        has_default_route: Whether the default route goes through it, too.
        has_metric: Whether that route has a metric of its own. Of those without, the kernel takes the first alone.
    """

    method: Method
    why: tuple[Step, ...]
    has_default_route: bool = False
    has_metric: bool = True

    @property
    def comes_up(self) -> bool:
        """Whether it has an IPv4 address in the end."""
        return self.method is not Method.NONE


@dataclass(frozen=True)
class Machine:
    """The guest, as the network stacks see it.

    Args:
        tree: Its files, with those that it writes while it boots.
        units: What is started.
        nics: Those of an instance, named as this guest names them.
        command_line: The kernel's parameters.
    """

    tree: Tree
    units: Units
    nics: tuple[Nic, ...]
    command_line: tuple[str, ...]

    @property
    def names(self) -> frozenset[str]:
        """The names of its NICs, without their other ones."""
        return frozenset(nic.name for nic in self.nics)

    @property
    def macs(self) -> frozenset[str]:
        """The MAC addresses of its NICs, in small letters."""
        return frozenset(nic.mac.lower() for nic in self.nics)


class Stack(Protocol):
    """A network stack that is active in this guest. Its module has a function ``active(machine)`` that makes it.

    What it cannot foresee raises :class:`~guestinspect.model.fact.Unknown`: a wrong yes is worse.
    """

    name: str
    """As its users call it: ``systemd-networkd``."""

    why_active: tuple[Step, ...]

    def answer(self, nic: Nic) -> Answer:
        """What it does with a NIC: of those at boot when the guest boots, of a later one when it is attached.

        Raises:
            Unknown: It cannot be foreseen.
        """

    def pins(self) -> tuple[Pin, ...]:
        """What in its configuration ties a NIC to one machine."""


class Service:
    """What the stacks that are one service have in common.

    Args:
        machine: The guest.
        why_active: Why it is started.
    """

    def __init__(self, machine: Machine, why_active: tuple[Step, ...]) -> None:
        self.why_active = why_active
        self._machine = machine

    @property
    def _tree(self) -> Tree:
        return self._machine.tree
