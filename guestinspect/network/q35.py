"""The verdict on a guest in a q35 machine, whose NICs do not always have the same names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cached_property
from typing import Protocol

from guestinspect.model.fact import Fact, Unknown
from guestinspect.model.guest import NicHotplug, Nics, NicsAtBoot, Pin
from guestinspect.network.explanation import join_names
from guestinspect.network.pci_slots import (
    Q35,
    Q35_OTHER_PORTS,
    Q35_OTHER_PORTS_WITH_BRIDGE,
    Q35_WITH_BRIDGE,
    PciLayout,
    Slot,
)

_IN_WORDS = {
    Nics.ALL: "all come up",
    Nics.FIRST: "only the first comes up",
    Nics.NAMED: "only some come up",
    Nics.NONE: "none comes up",
}


class GuestInMachine(Protocol):
    """A guest in a machine with a certain layout of its PCI bus."""

    def at_boot(self) -> Fact[NicsAtBoot]:
        """Return the forecast for the NICs that are attached at boot."""

    def hotplug(self) -> Fact[NicHotplug]:
        """Return the forecast for a NIC that is attached later."""

    def comes_up_at(self, slot: Slot) -> bool:
        """Return True if a NIC comes up that is attached later, at another slot than the usual one."""

    def pins(self) -> Fact[tuple[Pin, ...]]:
        """Return the settings that tie a NIC to one machine."""


class Q35Guest:
    """A guest in a q35 machine: what holds for all layouts of its PCI bus.

    Args:
        put: Puts the guest into a machine with a layout.
    """

    def __init__(self, put: Callable[[PciLayout], GuestInMachine]) -> None:
        self._put = put

    @cached_property
    def _variants(self) -> tuple[GuestInMachine, GuestInMachine]:
        """The guest in the usual layout, and in the one with a bridge."""
        return self._put(Q35), self._put(Q35_WITH_BRIDGE)

    def at_boot(self) -> Fact[NicsAtBoot]:
        """Return the forecast for the NICs that are attached at boot.

        Raises:
            Unknown: It depends on the layout.
        """
        usual, with_bridge = (variant.at_boot() for variant in self._variants)
        if usual.value.verdict is not with_bridge.value.verdict:
            cases = [
                f"{join_names([slot.names['path'] for slot in layout.slots[:3]])} ({_IN_WORDS[fact.value.verdict]})"
                for layout, fact in ((Q35, usual), (Q35_WITH_BRIDGE, with_bridge))
            ]
            raise Unknown(
                f"on a q35 machine the NICs are called {cases[0]}, or {cases[1]} if the instance has a conventional "
                "PCI device, such as the USB controller for the tablet of Nova's default pointer_model"
            )
        return usual

    def hotplug(self) -> Fact[NicHotplug]:
        """Return the forecast for a NIC that is attached later.

        Raises:
            Unknown: It depends on the layout.
        """
        usual, with_bridge = (variant.hotplug() for variant in self._variants)
        outcomes = {usual.value.comes_up, with_bridge.value.comes_up}
        for variant, slots in zip(self._variants, (Q35_OTHER_PORTS, Q35_OTHER_PORTS_WITH_BRIDGE), strict=True):
            outcomes |= {variant.comes_up_at(slot) for slot in slots}
        if len(outcomes) > 1:
            raise Unknown(
                "on a q35 machine the name of a NIC that is attached later depends on the other devices of the "
                "instance: enp4s0, enp5s0, or a higher number"
            )
        return usual

    def pins(self) -> Fact[tuple[Pin, ...]]:
        """Return the settings that tie a NIC to one machine; a name that a NIC has in one of the layouts does not."""
        usual, with_bridge = (variant.pins() for variant in self._variants)
        others = {(pin.what, pin.location): pin for pin in with_bridge.value}
        pins = tuple(
            pin if pin.is_harmless is other.is_harmless else replace(pin, is_harmless=False)
            for pin in usual.value
            if (other := others.get((pin.what, pin.location)))
        )
        return Fact(pins, pins[0].location if pins else usual.location)
