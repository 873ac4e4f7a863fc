"""The requirement that the default boot entry starts the guest that was inspected."""

from __future__ import annotations

from contextlib import suppress

from guestinspect.model.fact import Fact, Provider, Unknown
from guestinspect.model.guest import DEFAULT_DISK_BUS, RootDevice


def require_root(find: Provider[RootDevice]) -> None:
    """Raise Unknown if the default entry does not start the guest that was inspected.

    The disk has the bus of an instance whose image does not have the property ``hw_disk_bus``.
    """
    require_root_on_any_bus(find)
    if needs_other_bus(find):
        root = find()
        obstacle = root.value.obstacle_of_bus(DEFAULT_DISK_BUS)
        raise Unknown(f"the guest does not start if hw_disk_bus is {DEFAULT_DISK_BUS}: {obstacle} ({root.location})")


def needs_other_bus(find: Provider[RootDevice]) -> bool:
    """Return True if the guest starts only if its disk has another bus than usual."""
    try:
        buses = find().value.buses
    except Unknown:
        return False
    return buses is not None and DEFAULT_DISK_BUS not in buses


def require_root_on_any_bus(find: Provider[RootDevice]) -> None:
    """Raise Unknown if the default entry does not start the guest that was inspected, whatever bus its disk has."""
    root: Fact[RootDevice] | None = None
    with suppress(Unknown):
        root = find()
    if root is None:
        return
    if root.value.missing:
        raise Unknown(f"the guest does not start: {root.value.missing} ({root.location})")
    if root.value.doubt:
        raise Unknown(f"the guest may not start: {root.value.doubt} ({root.location})")
