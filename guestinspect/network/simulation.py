"""The simulation of a guest's boot: the files that it writes, the services that start, the outcome for each NIC."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from guestinspect.disk.overlay import Overlay
from guestinspect.disk.tree import Tree
from guestinspect.guest.services.units import Units
from guestinspect.model.fact import Unknown
from guestinspect.model.guest import Pin, Step
from guestinspect.network import naming, tiny_cloud
from guestinspect.network.cloud_init import files as cloud_init_files
from guestinspect.network.cloud_init import package as cloud_init_package
from guestinspect.network.cloud_init.nic_config import list_configs
from guestinspect.network.cloud_init.package import Renderer
from guestinspect.network.cloud_init.plan import NetworkPlan, NetworkSource
from guestinspect.network.naming import InitramfsFiles, NamedNics
from guestinspect.network.netplan import generator as netplan
from guestinspect.network.netplan.generator import GeneratedFiles
from guestinspect.network.nic import Nic
from guestinspect.network.pci_slots import I440FX, PciLayout
from guestinspect.network.stack import Answer, Machine, Stack
from guestinspect.network.stacks import connman, dhcpcd, networkd, other_programs
from guestinspect.network.stacks.ifcfg import network_scripts, wicked
from guestinspect.network.stacks.ifupdown import stack as ifupdown
from guestinspect.network.stacks.networkmanager import stack as networkmanager
from guestinspect.network.stacks.udev_started import stack as udev_started
from guestinspect.network.startup_effects import StartupEffects

STACKS: tuple[Callable[[Machine], Stack | None], ...] = (
    networkd.find_active,
    networkmanager.find_active,
    ifupdown.find_active,
    network_scripts.find_active,
    wicked.find_active,
    dhcpcd.find_active,
    connman.find_active,
    udev_started.find_active,
    other_programs.find_active,
)
"""All network stacks that are supported, and the one that stands for programs that are not."""


@dataclass(frozen=True)
class BootInputs:
    """The inputs of the simulation.

    Args:
        tree: The files on the guest's disk.
        command_line: The kernel parameters.
        plan: The network that cloud-init is going to configure.
        layout: The PCI slots of the NICs.
        macs: MAC addresses by the position of a NIC, instead of the placeholders.
        initramfs: The files by which the initramfs names NICs, if the outcome depends on them.
    """

    tree: Tree
    command_line: tuple[str, ...]
    plan: NetworkPlan
    layout: PciLayout = I440FX
    macs: Mapping[int, str] | None = None
    initramfs: InitramfsFiles | None = None

    def name_nics(self) -> NamedNics:
        """Return the NICs with their names.

        Raises:
            Unknown: The names cannot be forecast.
        """
        early = Overlay(self.tree, netplan.generate(self.tree).files)
        return naming.name_nics(early, self.command_line, self.layout.slots, self.initramfs)


@dataclass(frozen=True)
class Outcome:
    """The outcome for a NIC: it comes up, or it stays down.

    Args:
        nic: The NIC.
        answer: The answer of the stack that brings it up; None if none does.
        why: The steps that lead to the outcome.
        stack: The name of that stack.
    """

    nic: Nic
    answer: Answer | None
    why: tuple[Step, ...]
    stack: str = ""

    @property
    def is_up(self) -> bool:
        """Return True if the NIC gets an IPv4 address."""
        return self.answer is not None


@dataclass(frozen=True)
class BootedGuest:
    """A guest after the simulated boot.

    Args:
        machine: The instance, with all files that the guest wrote.
        named_nics: The NICs and the reason for their names.
        plan: The network that cloud-init configured.
        generated: The files that netplan generated.
        write_steps: The steps by which cloud-init and netplan wrote files.
        has_cloud_init_files: True if cloud-init wrote a network configuration.
        written: Paths of the files that the guest wrote and that are not on its disk, or have another content there.
    """

    machine: Machine
    named_nics: NamedNics
    plan: NetworkPlan
    generated: GeneratedFiles
    write_steps: tuple[Step, ...]
    has_cloud_init_files: bool
    written: frozenset[str] = frozenset()

    @cached_property
    def _candidates(self) -> tuple[Stack | Unknown, ...]:
        """The stacks that start; for a stack of which that cannot be forecast, the reason."""
        candidates: list[Stack | Unknown] = []
        for find_active in STACKS:
            try:
                stack = find_active(self.machine)
            except Unknown as unknown:
                candidates.append(unknown)
            else:
                candidates += [stack] if stack is not None else []
        return tuple(candidates)

    @cached_property
    def _startup_effects(self) -> StartupEffects:
        return StartupEffects(self.machine)

    @property
    def sure_stacks(self) -> tuple[Stack, ...]:
        """The network stacks that certainly start."""
        return tuple(stack for stack in self._candidates if not isinstance(stack, Unknown))

    @property
    def stacks(self) -> tuple[Stack, ...]:
        """The network stacks that start.

        Raises:
            Unknown: It cannot be forecast whether one of them starts.
        """
        for stack in self._candidates:
            if isinstance(stack, Unknown):
                raise stack
        return self.sure_stacks

    @property
    def generators(self) -> tuple[str, ...]:
        """The programs that write configuration for the stacks at boot."""
        cloud_init = ["cloud-init"] if self.has_cloud_init_files else []
        return (*cloud_init, *(["netplan"] if self.generated.files else []))

    def locate(self, location: str) -> str:
        """Return a location as it is shown: nobody finds a file on the disk that the guest writes at boot."""
        path = re.sub(r":\d+$", "", location)
        return f"{location}, written at boot" if path in self.written else location

    def outcome(self, nic: Nic) -> Outcome:
        """Return the outcome for this NIC: it is up if one of the stacks brings it up.

        Raises:
            Unknown: No stack certainly brings it up, and one may, or another program that the guest runs.
        """
        why: list[Step] = []
        first_unknown: Unknown | None = None
        for stack in self._candidates:
            try:
                if isinstance(stack, Unknown):
                    raise stack
                answer = stack.answer(nic)
            except Unknown as unknown:
                first_unknown = first_unknown or unknown
                continue
            if answer.comes_up:  # stacks share the NICs: what another stack may do cannot take the address away
                return Outcome(nic, answer, answer.why, stack.name)
            why += answer.why
        if first_unknown is not None:
            raise first_unknown
        self._startup_effects.require_none(nic)
        return Outcome(nic, None, tuple(why))

    def with_attached(self, nics: tuple[Nic, ...]) -> BootedGuest:
        """Return the guest with others of these NICs attached later: what it wrote at boot does not depend on them."""
        at_boot = (nic for nic in self.machine.nics if not nic.is_hotplugged)
        later = (nic for nic in nics if nic.is_hotplugged)
        return replace(self, machine=replace(self.machine, nics=(*at_boot, *later)))

    def pins(self) -> Iterator[Pin]:
        """Yield the settings in force that tie a NIC to one machine."""
        yield from naming.find_pins(self.machine.tree)
        yield from netplan.foreign_pins(self.generated, self.machine.nics)
        configs = list_configs(self.plan) if self.plan.source is NetworkSource.GUEST else ()
        for config in configs:
            if config.mac and config.mac not in self.machine.macs:
                yield Pin(f"MAC address {config.mac}", self.plan.location)
            elif not config.mac and naming.is_foreign(config.name, self.machine.nics):
                yield Pin(f"name {config.name}", self.plan.location)
        for stack in self.stacks:
            yield from stack.pins()


def boot(inputs: BootInputs) -> BootedGuest:
    """Return the guest after its first boot in a new instance.

    The order is that of a boot: netplan's generator runs, NICs are found and named, cloud-init writes its files,
    netplan generates again from them, services start.

    Raises:
        Unknown: A file that the guest writes cannot be forecast.
    """
    named_nics = inputs.name_nics()
    macs = inputs.macs or {}
    named_nics = replace(
        named_nics, nics=tuple(replace(nic, mac=macs.get(nic.position, nic.mac)) for nic in named_nics.nics)
    )

    by_cloud_init, why = _run_cloud_init(inputs, named_nics)
    by_tiny_cloud, tiny_why = tiny_cloud.write_interfaces(
        inputs.tree, Units(inputs.tree, inputs.command_line), named_nics.nics
    )
    first_files = {**inputs.plan.generated, **by_tiny_cloud, **by_cloud_init}
    with_cloud_init = Overlay(inputs.tree, first_files)
    # cloud-init calls "netplan generate" after it writes its file. Source: cloud-init's net/netplan.py.
    generated = netplan.generate(with_cloud_init)
    tree = Overlay(with_cloud_init, generated.files)
    machine = Machine(tree, Units(tree, inputs.command_line), named_nics.nics, inputs.command_line)
    contents = {**first_files, **generated.files}
    return BootedGuest(
        machine,
        named_nics,
        inputs.plan,
        generated,
        write_steps=(*why, *tiny_why, *generated.why),
        has_cloud_init_files=bool(by_cloud_init),
        written=frozenset(path for path, content in contents.items() if inputs.tree.read(path) != content),
    )


def _run_cloud_init(inputs: BootInputs, named_nics: NamedNics) -> tuple[dict[str, bytes], tuple[Step, ...]]:
    """Return the files that cloud-init writes (content by path), and the steps that lead to them."""
    plan = inputs.plan
    if plan.source is NetworkSource.NONE or plan.config is None:
        return {}, plan.why
    units = Units(Overlay(inputs.tree, plan.generated), inputs.command_line)
    selection = cloud_init_package.select_renderer(inputs.tree, units, plan.config)
    if selection.renderer is None:
        return {}, (*plan.why, selection.why)
    # Without a data source cloud-init applies the network once more, later, and restarts the program that it wrote
    # for. Source: cloud-init's cmd/main.py (_should_bring_up_interfaces), net/activators.py.
    is_for_networkd = plan.source is NetworkSource.FALLBACK and selection.renderer is Renderer.NETWORKD
    if is_for_networkd and not units.starts(networkd.SERVICE).is_started:
        raise Unknown("without a data source, cloud-init may start systemd-networkd, which nothing else starts")
    details = cloud_init_package.find_details(inputs.tree, plan.config, selection.renderer)
    try:
        files = cloud_init_files.render(plan, selection.renderer, named_nics.nics, details)
    except cloud_init_files.MissingNic as missing:
        step = Step(f"cloud-init waits for the NIC {missing.mac}, which is missing, and configures none", plan.location)
        return {}, (*plan.why, step)
    return files, (*plan.why, selection.why)
