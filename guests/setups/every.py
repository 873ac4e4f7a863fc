"""All set-ups, by name."""

from __future__ import annotations

from collections.abc import Sequence

from guests.errors import GuestsError
from guests.setup import Setup
from guests.setups import cloud_init, ifupdown, network_manager, networkd, others

SETUPS = {
    setup.name: setup for module in (ifupdown, networkd, network_manager, cloud_init, others) for setup in module.SETUPS
}


def named(names: Sequence[str]) -> list[Setup]:
    """The set-ups of these names; all of them if none is given.

    Raises:
        GuestsError: There is no set-up of a name.
    """
    unknown = [name for name in names if name not in SETUPS]
    if unknown:
        raise GuestsError(f"There is no set-up {', '.join(unknown)}; there are: {', '.join(SETUPS)}")
    return [SETUPS[name] for name in names] or list(SETUPS.values())
