"""The interface of network stacks: each answers which NICs it brings up, and why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from guestinspect.disk.tree import Tree
from guestinspect.guest.services.units import Units
from guestinspect.model.guest import Pin, Step
from guestinspect.network.nic import Nic


class Method(StrEnum):
    """The way by which a NIC gets its address."""

    DHCP = "dhcp"
    STATIC = "static"
    NONE = "none"


@dataclass(frozen=True)
class Answer:
    """The answer of a network stack for one NIC.

    Args:
        method: The way by which the NIC gets its IPv4 address; ``none`` if it gets none.
        why: The steps that lead to the answer.
        has_default_route: True if a default route goes through the NIC.
        has_metric: True if that route has a metric of its own. Of routes without one, the kernel takes the first only.
    """

    method: Method
    why: tuple[Step, ...]
    has_default_route: bool = False
    has_metric: bool = True

    @property
    def comes_up(self) -> bool:
        """Return True if the NIC gets an IPv4 address."""
        return self.method is not Method.NONE


@dataclass(frozen=True)
class Machine:
    """An instance of the guest, as its network stacks see it.

    Args:
        tree: The files, including those that the guest writes while it boots.
        units: The services that start.
        nics: The NICs, with the names that this guest gives them.
        command_line: The kernel parameters.
    """

    tree: Tree
    units: Units
    nics: tuple[Nic, ...]
    command_line: tuple[str, ...]

    @property
    def names(self) -> frozenset[str]:
        """Return the names of the NICs, without alternative names."""
        return frozenset(nic.name for nic in self.nics)

    @property
    def macs(self) -> frozenset[str]:
        """Return the MAC addresses of the NICs, in lower case."""
        return frozenset(nic.mac.lower() for nic in self.nics)


class Stack(Protocol):
    """A network stack that this guest starts. Its module has a function ``find_active(machine)`` that makes it.

    What it cannot forecast raises :class:`~guestinspect.model.fact.Unknown`: a wrong yes is worse.
    """

    name: str
    """The name that its users know: ``systemd-networkd``."""

    why_active: tuple[Step, ...]

    def answer(self, nic: Nic) -> Answer:
        """Return the outcome for a NIC: at boot, or for a later NIC when it is attached.

        Raises:
            Unknown: The outcome cannot be forecast.
        """

    def pins(self) -> tuple[Pin, ...]:
        """Return the settings in its configuration that tie a NIC to one machine."""


class ServiceStack:
    """The common part of network stacks that are one service.

    Args:
        machine: The instance.
        why_active: The steps by which the service starts.
    """

    def __init__(self, machine: Machine, why_active: tuple[Step, ...]) -> None:
        self.why_active = why_active
        self._machine = machine
        self._tree: Tree = machine.tree
