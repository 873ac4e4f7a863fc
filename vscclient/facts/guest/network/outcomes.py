"""What becomes of all NICs of a guest, counted."""

from __future__ import annotations

from collections.abc import Iterable

from vscclient.facts.guest.network.simulation import Booted, Outcome
from vscclient.model.guest import Nics

_WITHOUT_METRICS = ("ifupdown", "ifupdown2", "ifupdown-ng", "network-scripts")
"""Stacks that leave the default route to dhclient, whose second one the kernel refuses. Measured with ifupdown."""


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
    """How many there are in the end; those without a metric of their own take one another's place."""
    stacks = [outcome.stack for outcome in up if outcome.answer is not None and outcome.answer.has_default_route]
    of_one = {stack for stack in stacks if stack in _WITHOUT_METRICS}
    return len(of_one) + sum(stack not in _WITHOUT_METRICS for stack in stacks)
