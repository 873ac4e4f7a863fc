"""The outcomes for all NICs of a guest, summarized."""

from __future__ import annotations

from collections.abc import Iterable

from guestinspect.model.guest import Nics
from guestinspect.network.simulation import BootedGuest, Outcome


def boot_outcomes(guest: BootedGuest) -> tuple[Outcome, ...]:
    """Return the outcome for each NIC that is there at boot.

    Raises:
        Unknown: The outcome for one of them cannot be forecast.
    """
    return tuple(guest.outcome(nic) for nic in guest.machine.nics if not nic.is_hotplugged)


def summarize(outcomes: Iterable[Outcome]) -> Nics:
    """Return the verdict on these NICs."""
    outcomes = tuple(outcomes)
    up = tuple(outcome.nic.position for outcome in outcomes if outcome.is_up)
    if len(up) == len(outcomes):
        return Nics.ALL
    return {(): Nics.NONE, (0,): Nics.FIRST}.get(up, Nics.NAMED)


def count_default_routes(up: Iterable[Outcome]) -> int:
    """Return the number of default routes; of those without a metric, the kernel refuses the second.

    Source: seen with dhclient.
    """
    routes = [outcome.answer for outcome in up if outcome.answer is not None and outcome.answer.has_default_route]
    return sum(route.has_metric for route in routes) + any(not route.has_metric for route in routes)
