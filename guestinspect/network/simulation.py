"""The boot of an instance, as far as its network goes: what is written, what is started, what becomes of each NIC."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from guestinspect.disk.overlay import Overlay
from guestinspect.disk.tree import Tree
from guestinspect.guest.services.units import Units
from guestinspect.model.fact import Unknown
from guestinspect.model.guest import Pin, Step
from guestinspect.network import naming
from guestinspect.network.cloud_init import files as cloud_init_files
from guestinspect.network.cloud_init import package as cloud_init_package
from guestinspect.network.cloud_init.package import Renderer
from guestinspect.network.cloud_init.plan import Plan, Source
from guestinspect.network.naming import Naming
from guestinspect.network.netplan import generator as netplan
from guestinspect.network.netplan.generator import Generated
from guestinspect.network.nic import Nic
from guestinspect.network.slots import THIS_CLOUD, Slot
from guestinspect.network.stack import Answer, Machine, Stack
from guestinspect.network.stacks import connman, dhcpcd, networkd, unforeseen
from guestinspect.network.stacks.ifcfg import network_scripts, wicked
from guestinspect.network.stacks.ifupdown import stack as ifupdown
from guestinspect.network.stacks.networkmanager import stack as networkmanager

STACKS: tuple[Callable[[Machine], Stack | None], ...] = (
    networkd.active,
    networkmanager.active,
    ifupdown.active,
    network_scripts.active,
    wicked.active,
    dhcpcd.active,
    connman.active,
    unforeseen.active,
)
"""All network stacks that are known."""


@dataclass(frozen=True)
class BootInputs:
    """What the boot begins with.

    Args:
        tree: The guest, as it lies on the disk.
        plan: What cloud-init is going to do.
        slots: Where the NICs are plugged in.
        macs: MAC addresses by a NIC's position, instead of the stand-ins.
    """

    tree: Tree
    command_line: tuple[str, ...]
    plan: Plan
    slots: tuple[Slot, ...] = THIS_CLOUD
    macs: Mapping[int, str] | None = None


@dataclass(frozen=True)
class Outcome:
    """What becomes of a NIC: it comes up, or not.

    Args:
        answer: Of the stack that brings it up; None: none does.
        stack: The name of that stack.
    """

    nic: Nic
    answer: Answer | None
    why: tuple[Step, ...]
    stack: str = ""

    @property
    def is_up(self) -> bool:
        """Whether it has an IPv4 address in the end."""
        return self.answer is not None


@dataclass(frozen=True)
class Booted:
    """A guest that has booted.

    Args:
        machine: With all files that were written.
        written: The steps by which cloud-init and netplan wrote them.
        renders: Whether cloud-init wrote anything.
    """

    machine: Machine
    named: Naming
    plan: Plan
    generated: Generated
    written: tuple[Step, ...]
    renders: bool

    @cached_property
    def _found(self) -> tuple[Stack | Unknown, ...]:
        """The stacks that are started, and why it cannot be foreseen of another."""
        return tuple(found for active in STACKS if (found := _stack(active, self.machine)) is not None)

    @property
    def sure_stacks(self) -> tuple[Stack, ...]:
        """The network stacks that are started for sure."""
        return tuple(found for found in self._found if not isinstance(found, Unknown))

    @property
    def stacks(self) -> tuple[Stack, ...]:
        """The network stacks that are started.

        Raises:
            Unknown: Whether one is cannot be foreseen.
        """
        for found in self._found:
            if isinstance(found, Unknown):
                raise found
        return self.sure_stacks

    @property
    def generators(self) -> tuple[str, ...]:
        """What writes configuration for them at boot."""
        return (*(["cloud-init"] if self.renders else []), *(["netplan"] if self.generated.files else []))

    def outcome(self, nic: Nic) -> Outcome:
        """What becomes of this NIC: it is up if one of the stacks brings it up.

        Raises:
            Unknown: None is sure to, and one may.
        """
        why: list[Step] = []
        unsure: Unknown | None = None
        for stack in self._found:
            try:
                answer = _answer(stack, nic)
            except Unknown as unforeseen:
                unsure = unsure or unforeseen
                continue
            if answer.comes_up and not isinstance(stack, Unknown):
                return Outcome(nic, answer, answer.why, stack.name)
            why += answer.why
        if unsure is not None:
            raise unsure
        return Outcome(nic, None, tuple(why))

    def pins(self) -> Iterator[Pin]:
        """What ties a NIC to one machine, of all that is in force."""
        yield from naming.pins(self.machine.tree)
        yield from netplan.foreign(self.generated, self.machine.nics)
        if self.plan.source is Source.GUEST:
            yield from _of_cloud_config(self.plan, self.machine.nics)
        for stack in self.stacks:
            yield from stack.pins()


def _stack(active: Callable[[Machine], Stack | None], machine: Machine) -> Stack | Unknown | None:
    try:
        return active(machine)
    except Unknown as unforeseen:
        return unforeseen


def _answer(stack: Stack | Unknown, nic: Nic) -> Answer:
    if isinstance(stack, Unknown):
        raise stack
    return stack.answer(nic)


def boot(given: BootInputs) -> Booted:
    """The guest, booted for the first time in a new instance.

    Raises:
        Unknown: What is written cannot be foreseen.
    """
    named = _named(given)
    written, why = _written_by_cloud_init(given, named)
    with_cloud = Overlay(given.tree, {**given.plan.generated, **written})
    generated = netplan.generated(with_cloud)
    tree = Overlay(with_cloud, generated.files)
    machine = Machine(tree, Units(tree, given.command_line), named.nics, given.command_line)
    return Booted(machine, named, given.plan, generated, (*why, *generated.why), bool(written))


def _named(given: BootInputs) -> Naming:
    """NICs are found, and named, when netplan's generator has run and before cloud-init does."""
    tree = Overlay(given.tree, netplan.generated(given.tree).files)
    named = naming.named(tree, given.command_line, given.slots)
    macs = given.macs or {}
    nics = tuple(replace(nic, mac=macs.get(nic.position, nic.mac)) for nic in named.nics)
    return replace(named, nics=nics)


def _written_by_cloud_init(given: BootInputs, named: Naming) -> tuple[dict[str, bytes], tuple[Step, ...]]:
    plan = given.plan
    if plan.source is Source.NONE or plan.config is None:
        return {}, plan.why
    units = Units(Overlay(given.tree, plan.generated), given.command_line)
    chosen = cloud_init_package.choose(given.tree, units, plan.config)
    if chosen.renderer is None:
        return {}, (*plan.why, chosen.why)
    _must_be_started(chosen.renderer, plan, units)
    distribution = cloud_init_package.distribution(given.tree)
    try:
        files = cloud_init_files.written(plan, chosen.renderer, named.nics, distribution)
    except cloud_init_files.Absent as absent:
        step = Step(f"cloud-init waits in vain for the NIC {absent.mac} and configures none", plan.said_at)
        return {}, (*plan.why, step)
    return files, (*plan.why, chosen.why)


def _must_be_started(renderer: Renderer, plan: Plan, units: Units) -> None:
    """Without a data source cloud-init applies the network once more, later, and restarts what it wrote for.

    Source: cloud-init's cmd/main.py (``_should_bring_up_interfaces``), net/activators.py.
    """
    if (
        plan.source is Source.FALLBACK
        and renderer is Renderer.NETWORKD
        and not units.starts(networkd.SERVICE).is_started
    ):
        raise Unknown("without a data source, cloud-init may start systemd-networkd, which nothing else does")


def _of_cloud_config(plan: Plan, nics: tuple[Nic, ...]) -> Iterator[Pin]:
    own = {nic.mac for nic in nics}
    for each in cloud_init_files.described(plan):
        if each.mac and each.mac not in own:
            yield Pin(f"MAC address {each.mac}", plan.said_at)
        elif not each.mac and naming.is_foreign(each.name, nics):
            yield Pin(f"name {each.name}", plan.said_at)
