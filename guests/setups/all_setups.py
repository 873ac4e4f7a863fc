"""All set-ups, by name."""

from __future__ import annotations

from collections.abc import Sequence

from guests.errors import GuestsError
from guests.setup import Setup
from guests.setups import cloud_init, ifupdown, network_manager, networkd, other_stacks, udev_and_boot

SETUPS = {
    setup.name: setup
    for module in (ifupdown, networkd, network_manager, cloud_init, other_stacks, udev_and_boot)
    for setup in module.SETUPS
}


def find_setups(names: Sequence[str]) -> list[Setup]:
    """Return the set-ups with these names; without names, all set-ups.

    Raises:
        GuestsError: A name is not that of a set-up.
    """
    unknown = [name for name in names if name not in SETUPS]
    if unknown:
        raise GuestsError(f"No such set-up: {', '.join(unknown)}\nThe set-ups are: {', '.join(SETUPS)}")
    return [SETUPS[name] for name in names] or list(SETUPS.values())
