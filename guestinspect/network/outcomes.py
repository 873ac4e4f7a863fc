"""What becomes of all NICs of a guest, counted."""

from __future__ import annotations

from collections.abc import Iterable

from guestinspect.model.guest import Nics
from guestinspect.network.simulation import Booted, Outcome


def at_boot(booted: Booted) -> tuple[Outcome, ...]:
    """What becomes of each NIC that is there at boot.

    Raises:
        Unknown: Of one of them, nobody can tell.
    """
    return tuple(booted.outcome(nic) for nic in booted.machine.nics if not nic.is_hotplugged)


def counted(outcomes: Iterable[Outcome]) -> Nics:
    """Which of them come up, in a word."""
    outcomes = tuple(outcomes)
    up = tuple(outcome.nic.position for outcome in outcomes if outcome.is_up)
    if len(up) == len(outcomes):
        return Nics.ALL
    return {(): Nics.NONE, (0,): Nics.FIRST}.get(up, Nics.NAMED)


def default_routes(up: Iterable[Outcome]) -> int:
    """How many there are in the end; of those without a metric, the kernel refuses the second (seen with dhclient)."""
    routes = [outcome.answer for outcome in up if outcome.answer is not None and outcome.answer.has_default_route]
    return sum(route.has_metric for route in routes) + any(not route.has_metric for route in routes)
