"""The verdict on a guest's NICs: which of them come up at boot, and whether one that is attached later comes up."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cached_property, partial
from typing import TypedDict, TypeVar

from guestinspect.disk.device_names import DiskVolumes
from guestinspect.disk.fstab import FstabEntry
from guestinspect.disk.limits import FILE_BYTES
from guestinspect.disk.tree import Tree
from guestinspect.guest.boot import driver_blacklist, emergency_mode, virtio
from guestinspect.guest.boot.kernel_command_line import find_command_line
from guestinspect.guest.boot.root.device import find_root_device
from guestinspect.guest.boot.root.requirement import needs_other_bus, require_root, require_root_on_any_bus
from guestinspect.guest.initramfs.disk_drivers import find_missing_driver, require_disk_driver
from guestinspect.guest.initramfs.initramfs import Initramfs, open_initramfs
from guestinspect.guest.running_tree import RunningTree
from guestinspect.guest.services.init_parameters import require_usual_init
from guestinspect.guest.services.init_system import require_init_program
from guestinspect.model.fact import Fact, Provider, Unknown, once
from guestinspect.model.guest import NicHotplug, Nics, NicsAtBoot, Pin, RootDevice, Step
from guestinspect.model.machine import MachineType
from guestinspect.network.assumptions import find_assumptions
from guestinspect.network.cloud_init.plan import NetworkSource, make_plan
from guestinspect.network.explanation import NicExplanation, merge
from guestinspect.network.initramfs_names import with_initramfs
from guestinspect.network.outcomes import boot_outcomes, count_default_routes, summarize
from guestinspect.network.pci_slots import PciLayout, Slot
from guestinspect.network.q35 import Q35Guest
from guestinspect.network.simulation import BootedGuest, BootInputs, Outcome, boot
from guestinspect.network.stacks.ifupdown import stack as ifupdown
from guestinspect.network.tree_cache import CachedTree

T = TypeVar("T")

_KERNELS_NAME = re.compile(r"name eth(\d{1,2})", re.ASCII)
_MAC = re.compile(r"(?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}")
_CLOUD_INIT = "cloud-init"
_HEADER_BYTES = 200
"""Enough for "# Created by cloud-init on instance boot automatically, do not edit."."""

_RequireDisk = Callable[[Provider[RootDevice]], None]
"""Raises Unknown if the guest does not start with a disk of a certain bus."""

_NETWORK_MANAGER = "NetworkManager"
_MOST_MACS = 3
_ANY_LOCATION = "the files that configure its network"


class NetworkFacts(TypedDict):
    """The fields of a :class:`~guestinspect.model.guest.Guest` that are about its network, by their names."""

    network_stacks: Provider[tuple[str, ...]]
    nics_at_boot: Provider[NicsAtBoot]
    nic_hotplug: Provider[NicHotplug]
    pins: Provider[tuple[Pin, ...]]
    q35_nics_at_boot: Provider[NicsAtBoot]
    q35_nic_hotplug: Provider[NicHotplug]
    q35_pins: Provider[tuple[Pin, ...]]
    other_bus_nics_at_boot: Provider[NicsAtBoot | None]
    other_bus_nic_hotplug: Provider[NicHotplug | None]


def facts_of(
    tree: Tree,
    missing: tuple[FstabEntry, ...] = (),
    volumes: DiskVolumes | None = None,
    initramfs: Callable[[], Initramfs] | None = None,
) -> NetworkFacts:
    """Return the facts about a guest's network; each is found when it is asked for.

    Args:
        tree: The files of the guest.
        missing: The file systems for which the guest waits at boot, and which are not on its disk.
        volumes: The volumes of the disk; None: they are not known.
        initramfs: Opens the initramfs, and may raise Unknown; None: it is read from the tree.
    """
    root_device = once(partial(find_root_device, tree, volumes))
    open_once = once(initramfs or partial(open_initramfs, tree, FILE_BYTES))
    guest = _Guest(tree, missing, root_device, open_once)
    q35 = Q35Guest(guest.in_machine)
    return NetworkFacts(
        network_stacks=once(guest.stacks),
        nics_at_boot=once(guest.at_boot),
        nic_hotplug=once(guest.hotplug),
        pins=once(guest.pins),
        q35_nics_at_boot=once(q35.at_boot),
        q35_nic_hotplug=once(q35.hotplug),
        q35_pins=once(q35.pins),
        other_bus_nics_at_boot=once(lambda: guest.on_other_bus(guest.at_boot)),
        other_bus_nic_hotplug=once(lambda: guest.on_other_bus(guest.hotplug)),
    )


class _Guest:
    def __init__(
        self,
        tree: Tree,
        missing: tuple[FstabEntry, ...],
        root_device: Provider[RootDevice],
        initramfs: Callable[[], Initramfs],
    ) -> None:
        self._disk = tree
        self._missing = missing
        self._root_device = root_device
        self._initramfs = initramfs

    @cached_property
    def _inputs(self) -> BootInputs:
        """The inputs of the simulation; without the names that the initramfs gives if those cannot be found out."""
        return self._plain_inputs if isinstance(self._named_inputs, Unknown) else self._named_inputs

    @cached_property
    def _named_inputs(self) -> BootInputs | Unknown:
        """The inputs with the names that the initramfs gives; the reason if the verdict depends on unknown names."""
        plain = self._plain_inputs
        try:
            return with_initramfs(plain, self._initramfs)
        except Unknown as unknown:
            return unknown

    @cached_property
    def _plain_inputs(self) -> BootInputs:
        """The files that the running guest sees before it writes any, and what starts it.

        Raises:
            Unknown: Nothing in the guest starts services, or cloud-init's plan cannot be forecast.
        """
        tree = CachedTree(RunningTree(self._disk))
        require_init_program(tree)
        parameters = find_command_line(tree).value
        return BootInputs(tree, parameters, make_plan(tree, parameters))

    def in_machine(self, layout: PciLayout) -> _Guest:
        """Return the same guest in a machine with this layout of its PCI bus."""
        other = _Guest(self._disk, self._missing, self._root_device, self._initramfs)
        other._plain_inputs = replace(self._plain_inputs, layout=layout)
        return other

    @cached_property
    def _booted(self) -> BootedGuest:
        return boot(self._inputs)

    def stacks(self) -> Fact[tuple[str, ...]]:
        names = (*self._booted.generators, *(stack.name for stack in self._booted.stacks))
        last = _last_location(step for stack in self._booted.stacks for step in stack.why_active)
        return Fact(names, self._booted.locate(last))

    def at_boot(self, require_disk: _RequireDisk = require_root) -> Fact[NicsAtBoot]:
        self._require_network(require_disk)
        outcomes = boot_outcomes(self._booted)
        up = tuple(outcome for outcome in outcomes if outcome.is_up)
        verdict = summarize(outcomes)
        if verdict is not Nics.ALL and self._depends_on_macs(outcomes):
            verdict = Nics.NAMED
        conditions = find_assumptions(self._inputs, outcomes)
        nics = NicsAtBoot(
            verdict,
            tuple(outcome.nic.name for outcome in up),
            _explain(self._booted, outcomes),
            assumes=", and ".join(condition.what for condition in conditions),
            otherwise=conditions[0].otherwise if conditions else None,
            default_routes=count_default_routes(up),
            first=outcomes[0].nic.name,
        )
        decisive = next((outcome for outcome in outcomes if not outcome.is_up), outcomes[0])
        return Fact(nics, self._location or self._booted.locate(_last_location(decisive.why)))

    def hotplug(self, require_disk: _RequireDisk = require_root) -> Fact[NicHotplug]:
        self._require_network(require_disk)
        later = next(nic for nic in self._booted.machine.nics if nic.is_hotplugged)
        outcome = self._booted.outcome(later)
        location = self._inputs.plan.hotplug_location
        if not outcome.is_up and location:
            raise Unknown(
                f"cloud-init is configured to set up an attached NIC ({location}), which some clouds do not allow"
            )
        # Measured: after that restart, NetworkManager did not configure a NIC that was attached later.
        if outcome.stack == _NETWORK_MANAGER and self._inputs.plan.source is NetworkSource.FALLBACK:
            raise Unknown(
                "without a data source, cloud-init restarts NetworkManager, which may then ignore NICs attached later"
            )
        nic = NicHotplug(outcome.is_up, _explain(self._booted, [outcome]))
        return Fact(nic, self._booted.locate(_last_location(outcome.why)))

    def comes_up_at(self, slot: Slot) -> bool:
        """Return True if a NIC comes up that is attached later, at another slot than that of the layout."""
        layout = replace(self._inputs.layout, slots=(*self._inputs.layout.slots[:-1], slot))
        booted = self._booted.with_attached(replace(self._inputs, layout=layout).name_nics().nics)
        return booted.outcome(booted.machine.nics[-1]).is_up

    def on_other_bus(self, find: Callable[[_RequireDisk], Fact[T]]) -> Fact[T | None]:
        """Return a forecast for a disk of the bus with which the guest starts; None: that is the usual bus."""
        if not needs_other_bus(self._root_device) and find_missing_driver(self._initramfs) is None:
            return Fact(None, _ANY_LOCATION)
        found = find(require_root_on_any_bus)
        return Fact(found.value, found.location)

    @property
    def _location(self) -> str:
        """Return the path of the initramfs, if its names decide which NICs come up at boot."""
        return "" if self._inputs.initramfs is None else self._inputs.initramfs.path

    def pins(self) -> Fact[tuple[Pin, ...]]:
        pins = tuple(dict.fromkeys(self._booted.pins()))
        with suppress(Unknown):
            self._require_names()
            up = {outcome.nic.position: outcome.is_up for outcome in boot_outcomes(self._booted)} if pins else {}
            pins = tuple(replace(pin, is_harmless=_is_harmless(pin, up)) for pin in pins)
        return Fact(pins, pins[0].location if pins else _ANY_LOCATION)

    def _require_network(self, require_disk: _RequireDisk) -> None:
        """Raise Unknown if the guest may have no NICs or other names, or may stop before it configures them."""
        require_disk(self._root_device)
        if require_disk is require_root:  # for a disk of the usual bus
            require_disk_driver(self._initramfs)
        emergency_mode.require_mounts(self._disk, self._missing)
        require_usual_init(self._inputs.tree, self._inputs.command_line)
        driver_blacklist.require_nic_driver(self._inputs.tree, self._inputs.command_line)
        if self._inputs.layout.machine is MachineType.Q35:
            virtio.require_version_1(self._inputs.tree)
        self._require_names()

    def _require_names(self) -> None:
        """Raise Unknown if the outcome depends on names of NICs that an unknown initramfs may give."""
        if isinstance(self._named_inputs, Unknown):
            raise self._named_inputs

    def _depends_on_macs(self, outcomes: tuple[Outcome, ...]) -> bool:
        """Return True if more NICs come up when they have the MAC addresses that the guest's files name."""
        macs: dict[str, None] = {}
        for pin in self._booted.pins():
            path = pin.location.rpartition(":")[0] or pin.location
            head = self._booted.machine.tree.head(path, _HEADER_BYTES) or b""
            is_by_cloud_init = _CLOUD_INIT in path or _CLOUD_INIT.encode() in head  # then it was for another instance
            mac = None if is_by_cloud_init else _MAC.search(pin.what)
            macs |= {} if mac is None else {mac[0].lower(): None}
        down = [outcome.nic.position for outcome in outcomes if not outcome.is_up]
        if not macs:
            return False
        inputs = replace(self._inputs, macs=dict(zip(down, list(macs)[:_MOST_MACS], strict=False)))
        return sum(each.is_up for each in boot_outcomes(boot(inputs))) > len(outcomes) - len(down)


def _is_harmless(pin: Pin, up: Mapping[int, bool]) -> bool:
    """Return True if the NIC comes up that the setting is for: the kernel's name has its position, a MAC address none.

    Args:
        pin: The setting.
        up: The outcomes for the NICs, by their positions.
    """
    name = _KERNELS_NAME.fullmatch(pin.what)
    return all(up.values()) or bool(name and up.get(int(name[1])))


def _explain(booted: BootedGuest, outcomes: Sequence[Outcome]) -> tuple[Step, ...]:
    """Return the explanation: names, files written, services started, outcome for each NIC; no step twice.

    The steps about NICs that stay down are the last: a message that has no space for more shows these.
    """
    started = [step for stack in booted.sure_stacks for step in stack.why_active]
    if not started:
        started = [ifupdown.find_idle_service(booted.machine) or Step("no network stack is started")]
    up: list[NicExplanation] = []
    down: list[NicExplanation] = []
    for outcome in outcomes:
        end = Step(f"{outcome.nic.name} {'comes up' if outcome.is_up else 'stays down'}")
        (up if outcome.is_up else down).append(NicExplanation(outcome.nic.name, outcome.why, end))
    name = booted.named_nics.reasons[outcomes[0].nic.position]
    steps = dict.fromkeys((name, *booted.write_steps, *started, *merge(up), *merge(down)))
    return tuple(replace(step, location=booted.locate(step.location)) for step in steps)


def _last_location(steps: Iterable[Step]) -> str:
    return next((step.location for step in reversed(tuple(steps)) if step.location), _ANY_LOCATION)
