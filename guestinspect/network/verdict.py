"""The verdict on a guest's NICs: which of them come up at boot, and whether one that is attached later does."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property
from typing import TypedDict

from guestinspect.disk.fstab import FstabEntry
from guestinspect.disk.tree import Tree
from guestinspect.guest.boot import driver_blacklist, emergency_mode
from guestinspect.guest.boot.command_line import find_command_line
from guestinspect.guest.running_tree import RunningTree
from guestinspect.guest.services.init_system import require_init_program
from guestinspect.model.fact import Fact, Provider, Unknown, once
from guestinspect.model.guest import NicHotplug, Nics, NicsAtBoot, Pin, Step
from guestinspect.network.assumptions import assumptions
from guestinspect.network.cloud_init.plan import Source, plan
from guestinspect.network.explanation import Account, together
from guestinspect.network.outcomes import at_boot, counted, default_routes
from guestinspect.network.simulation import Booted, BootInputs, Outcome, boot
from guestinspect.network.tree_cache import Remembered

_MAC = re.compile(r"(?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}")
_OF_CLOUD_INIT = "cloud-init"
_HEADER_BYTES = 200
"""Enough for "# Created by cloud-init on instance boot automatically, do not edit."."""

_RESTARTED = "NetworkManager"
"""Measured: where cloud-init finds no data source, NetworkManager does not take up a NIC that is attached later."""

_MOST_MACS = 3


class NetworkFacts(TypedDict):
    """Some of the fields of a :class:`~guestinspect.model.guest.Guest`, by their names."""

    network_stacks: Provider[tuple[str, ...]]
    nics_at_boot: Provider[NicsAtBoot]
    nic_hotplug: Provider[NicHotplug]
    pins: Provider[tuple[Pin, ...]]


def facts_of(tree: Tree, missing: tuple[FstabEntry, ...] = ()) -> NetworkFacts:
    """What can be told of a guest's network from its files, found out when it is asked for.

    Args:
        tree: Its files.
        missing: The file systems that it waits for at boot, and that are not on its disk.
    """
    guest = _Guest(tree, missing)
    return NetworkFacts(
        network_stacks=once(guest.stacks),
        nics_at_boot=once(guest.at_boot),
        nic_hotplug=once(guest.hotplug),
        pins=once(guest.pins),
    )


class _Guest:
    def __init__(self, tree: Tree, missing: tuple[FstabEntry, ...]) -> None:
        self._disk = tree
        self._missing = missing

    @cached_property
    def _tree(self) -> Tree:
        """The files that the running guest sees, before it writes any.

        Raises:
            Unknown: Nothing in the guest starts services.
        """
        tree = Remembered(RunningTree(self._disk))
        require_init_program(tree)
        return tree

    @cached_property
    def _given(self) -> BootInputs:
        parameters = find_command_line(self._tree).value
        return BootInputs(self._tree, parameters, plan(self._tree, parameters))

    @cached_property
    def _booted(self) -> Booted:
        return boot(self._given)

    def stacks(self) -> Fact[tuple[str, ...]]:
        names = (*self._booted.generators, *(stack.name for stack in self._booted.stacks))
        why = [step for stack in self._booted.stacks for step in stack.why_active]
        return Fact(names, _location(why))

    def at_boot(self) -> Fact[NicsAtBoot]:
        self._must_come_so_far()
        outcomes = at_boot(self._booted)
        up = tuple(outcome for outcome in outcomes if outcome.is_up)
        which = self._which(outcomes)
        hangs_on = assumptions(self._given, outcomes)
        found = NicsAtBoot(
            which,
            tuple(outcome.nic.name for outcome in up),
            _steps(self._booted, outcomes),
            assumes=", and ".join(premise.what for premise in hangs_on),
            otherwise=hangs_on[0].without if hangs_on else None,
            default_routes=default_routes(up),
        )
        return Fact(found, _location(outcomes[0].why))

    def hotplug(self) -> Fact[NicHotplug]:
        self._must_come_so_far()
        later = next(nic for nic in self._booted.machine.nics if nic.is_hotplugged)
        outcome = self._booted.outcome(later)
        told_at = self._given.plan.watches_hotplug
        if not outcome.is_up and told_at:
            raise Unknown(
                f"cloud-init is told to configure a NIC that is attached ({told_at}); some clouds do not let it"
            )
        if outcome.stack == _RESTARTED and self._given.plan.source is Source.FALLBACK:
            raise Unknown(
                "without a data source, cloud-init restarts NetworkManager, which then may leave later NICs alone"
            )
        found = NicHotplug(outcome.is_up, _steps(self._booted, [outcome]))
        return Fact(found, _location(outcome.why))

    def pins(self) -> Fact[tuple[Pin, ...]]:
        found = tuple(dict.fromkeys(self._booted.pins()))
        return Fact(found, found[0].location if found else "the files that configure its network")

    def _must_come_so_far(self) -> None:
        """Raises Unknown if the guest may have no NICs, or may not come so far as to configure them."""
        emergency_mode.require_mounts(self._disk, self._missing)
        driver_blacklist.require_nic_driver(self._tree, self._given.command_line)

    def _which(self, outcomes: tuple[Outcome, ...]) -> Nics:
        which = counted(outcomes)
        return Nics.NAMED if which is not Nics.ALL and self._more_come_up_with_their_macs(outcomes) else which

    def _more_come_up_with_their_macs(self, outcomes: tuple[Outcome, ...]) -> bool:
        """Whether NICs would come up if they had the MAC addresses that the guest's files name."""
        pins = [pin for pin in self._booted.pins() if not self._is_of_cloud_init(pin)]
        macs = dict.fromkeys(found[0].lower() for pin in pins if (found := _MAC.search(pin.what)))
        down = [outcome.nic.position for outcome in outcomes if not outcome.is_up]
        if not macs:
            return False
        given = replace(self._given, macs=dict(zip(down, list(macs)[:_MOST_MACS], strict=False)))
        return sum(each.is_up for each in at_boot(boot(given))) > len(outcomes) - len(down)

    def _is_of_cloud_init(self, pin: Pin) -> bool:
        """Whether cloud-init wrote it, in its name or its first lines: then it was for another instance."""
        path = pin.location.rpartition(":")[0] or pin.location
        head = self._booted.machine.tree.head(path, _HEADER_BYTES) or b""
        return _OF_CLOUD_INIT in path or _OF_CLOUD_INIT.encode() in head


def _steps(booted: Booted, outcomes: Iterable[Outcome]) -> tuple[Step, ...]:
    """The explanation: names, what is written, what is started, what becomes of each NIC; no step twice."""
    started = [step for stack in booted.sure_stacks for step in stack.why_active]
    if not started:
        started = [Step("no network stack is started")]
    ends = together(Account(outcome.nic.name, outcome.why, _end(outcome)) for outcome in outcomes)
    return tuple(dict.fromkeys((booted.named.why, *booted.written, *started, *ends)))


def _end(outcome: Outcome) -> Step:
    return Step(f"{outcome.nic.name} {'comes up' if outcome.is_up else 'stays down'}")


def _location(steps: Iterable[Step]) -> str:
    return next(
        (step.location for step in reversed(tuple(steps)) if step.location), "the files that configure its network"
    )
