"""The operating system on a disk: facts that are found without booting it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Any, NoReturn, TypeVar

from guestinspect.model.disk_drivers import lacks_driver
from guestinspect.model.fact import Fact, Provider, Unknown, unknown_fact
from guestinspect.model.leftover import Kind, Leftover
from guestinspect.model.machine import MachineType

T = TypeVar("T")

NOT_INSPECTED = "the guest was not inspected"
_NOT_FORECAST = "the NICs of a q35 machine are forecast for virtio disks only, and the guest needs another bus"

DEFAULT_DISK_BUS = "virtio"
"""The bus of an instance's disk if its image does not have ``hw_disk_bus``.

Source: Nova, ``virt/libvirt/blockinfo.py``, ``get_disk_bus_for_device_type``.
"""


class Nics(StrEnum):
    """The network interfaces (NICs) that come up at boot, of the three of an instance."""

    ALL = "all"
    FIRST = "first"
    NAMED = "named"
    NONE = "none"


@dataclass(frozen=True)
class Step:
    """One step of an explanation.

    Args:
        what: A sentence: ``systemd-networkd is enabled``.
        location: File in the guest, with the line if there is one: ``/etc/systemd/network/20-dhcp.network:2``. A file
            that is not on the disk has the suffix ``, written at boot``.
    """

    what: str
    location: str = ""


@dataclass(frozen=True)
class NicsAtBoot:
    """The forecast for the NICs that are attached at boot.

    Args:
        verdict: The NICs that come up.
        names: The names of the NICs that come up.
        explanation: The steps that lead to the verdict; those about NICs that stay down are the last.
        assumes: The condition of the verdict, in words; empty if there is none.
        otherwise: The verdict if the condition is not met; None if it is the same.
        default_routes: The number of default routes.
        first: The name of the first NIC; empty if it is not known.
    """

    verdict: Nics
    names: tuple[str, ...]
    explanation: tuple[Step, ...]
    assumes: str = ""
    otherwise: Nics | None = None
    default_routes: int = 0
    first: str = ""

    @property
    def first_stays_down(self) -> bool:
        """True if the first NIC, by which users reach an instance, certainly stays down."""
        if self.verdict is Nics.NAMED:
            return not self.names or bool(self.first and self.first not in self.names)
        return self.verdict is Nics.NONE


@dataclass(frozen=True)
class NicHotplug:
    """The forecast for a NIC that is attached to the running instance.

    Args:
        comes_up: True if it comes up.
        explanation: The steps that lead to the verdict.
    """

    comes_up: bool
    explanation: tuple[Step, ...]


@dataclass(frozen=True)
class Pin:
    """A setting that ties a NIC to one machine: a MAC address, or a name that another instance does not have.

    Args:
        what: The setting in words: ``MAC address 52:54:00:12:34:56``.
        location: File in the guest, and the line.
        is_harmless: True if the NIC that it is for comes up without it.
    """

    what: str
    location: str
    is_harmless: bool = False


@dataclass(frozen=True)
class CloudInit:
    """cloud-init in the guest.

    Args:
        version: The version of its package; empty if unknown.
        datasources: The data sources in its configuration; empty if it uses its built-in list.
        disabled_by: The file, kernel parameter or unit that disables it; empty if it runs.
        makes_host_keys: True if it makes new SSH host keys in a new instance.
    """

    version: str
    datasources: tuple[str, ...]
    disabled_by: str
    makes_host_keys: bool


@dataclass(frozen=True)
class Boot:
    """The means by which the disk can boot.

    Args:
        firmware: The firmware that can boot it: ``bios``, ``uefi``, or both.
        loader: The boot loader: ``grub``; empty if none was found.
        kernels: Paths of the kernels in the guest.
        initramfs: The path of the initramfs that is loaded by default; empty if there is none, or it is unknown.
        missing_drivers: The drivers of virtio disks that the kernel certainly lacks: ``virtio_blk``.
    """

    firmware: tuple[str, ...]
    loader: str
    kernels: tuple[str, ...]
    initramfs: str = ""
    missing_drivers: tuple[str, ...] = ()


@dataclass(frozen=True)
class RootDevice:
    """The root file system that the default boot entry names.

    Args:
        name: The value of ``root``: ``UUID=…``, ``/dev/vda1``.
        buses: The buses of a disk, as Nova calls them, with which a device of this name exists; None: with every bus.
        missing: The reason why the disk certainly does not have it, as a clause; empty if it has.
        doubt: The reason why the entry may not start the guest that was inspected, as a clause; empty if it does.
        guest_volume: The volume with the root file system of the guest, in words.
        guest_name: The parameter that names it: ``root=UUID=…``; empty if it has no UUID.
        wrong: The parameter to replace if it is wrong, as it stands in the file; empty if it stands elsewhere.
        right: The parameter in its place; empty to remove it.
        remedy: The step that corrects the entry, as an order, where no parameter is wrong; empty otherwise.
    """

    name: str
    buses: tuple[str, ...] | None = None
    missing: str = ""
    doubt: str = ""
    guest_volume: str = ""
    guest_name: str = ""
    wrong: str = ""
    right: str = ""
    remedy: str = ""

    def obstacle_of_bus(self, bus: str) -> str:
        """Return the reason, as a clause, why an instance whose disk has a bus lacks the device; empty: it has it."""
        if self.buses is None or bus in self.buses:
            return ""
        if not self.buses:
            return f"root={self.name} names a disk that no instance has"
        *others, last = self.buses
        return f"root={self.name} names a disk of the bus {', '.join(others)}{' or ' if others else ''}{last}"


@dataclass(frozen=True, kw_only=True)
class Guest:
    """The facts of a guest. Asking for one that is unknown raises Unknown.

    Args:
        os_distro: The distribution as Glance names it: ``debian``. Source: Glance, "Useful image properties".
        os_version: The version of the distribution: ``12``, ``9.4``.
        architecture: The architecture as Glance names it: ``x86_64``, ``aarch64``.
        boot: The means by which it can boot.
        root_device: The root file system that the default boot entry names.
        guest_agent: True if the QEMU guest agent is installed and enabled.
        cloud_init: cloud-init; None if it is not installed.
        key_agents: Names of other agents that install a user's SSH key.
        ssh_server: True if an SSH server is installed.
        network_stacks: Names of the active network stacks.
        nics_at_boot: The forecast for the NICs that are attached at boot.
        nic_hotplug: The forecast for a NIC that is attached later.
        pins: The settings that tie a NIC to one machine.
        q35_nics_at_boot: ``nics_at_boot`` in a q35 machine, where NICs have other names.
        q35_nic_hotplug: ``nic_hotplug`` in a q35 machine.
        q35_pins: ``pins`` in a q35 machine.
        other_bus_nics_at_boot: ``nics_at_boot`` if the disk has a bus of ``root_device``; None: the default
            bus is among them.
        other_bus_nic_hotplug: ``nic_hotplug`` with such a disk.
        unclean_file_systems: The file systems that were not unmounted, with what was therefore not read, in words.
        leftovers: The leftovers of a kind, in the order of their paths.
    """

    os_distro: Provider[str] = unknown_fact(NOT_INSPECTED)
    os_version: Provider[str] = unknown_fact(NOT_INSPECTED)
    architecture: Provider[str] = unknown_fact(NOT_INSPECTED)
    boot: Provider[Boot] = unknown_fact(NOT_INSPECTED)
    root_device: Provider[RootDevice] = unknown_fact(NOT_INSPECTED)
    guest_agent: Provider[bool] = unknown_fact(NOT_INSPECTED)
    cloud_init: Provider[CloudInit | None] = unknown_fact(NOT_INSPECTED)
    key_agents: Provider[tuple[str, ...]] = unknown_fact(NOT_INSPECTED)
    ssh_server: Provider[bool] = unknown_fact(NOT_INSPECTED)
    network_stacks: Provider[tuple[str, ...]] = unknown_fact(NOT_INSPECTED)
    nics_at_boot: Provider[NicsAtBoot] = unknown_fact(NOT_INSPECTED)
    nic_hotplug: Provider[NicHotplug] = unknown_fact(NOT_INSPECTED)
    pins: Provider[tuple[Pin, ...]] = unknown_fact(NOT_INSPECTED)
    q35_nics_at_boot: Provider[NicsAtBoot] = unknown_fact(NOT_INSPECTED)
    q35_nic_hotplug: Provider[NicHotplug] = unknown_fact(NOT_INSPECTED)
    q35_pins: Provider[tuple[Pin, ...]] = unknown_fact(NOT_INSPECTED)
    other_bus_nics_at_boot: Provider[NicsAtBoot | None] = unknown_fact(NOT_INSPECTED)
    other_bus_nic_hotplug: Provider[NicHotplug | None] = unknown_fact(NOT_INSPECTED)
    unclean_file_systems: Provider[tuple[str, ...]] = unknown_fact(NOT_INSPECTED)
    leftovers: Callable[[Kind], Fact[tuple[Leftover, ...]]] = unknown_fact(NOT_INSPECTED)

    def in_machine(self, machine: MachineType) -> Guest:
        """Return the guest in a machine of this type; its NICs may have other names there."""
        if machine is MachineType.I440FX:
            return self
        return replace(self, nics_at_boot=self.q35_nics_at_boot, nic_hotplug=self.q35_nic_hotplug, pins=self.q35_pins)

    def in_unknown_machine(self, why: str) -> Guest:
        """Return the guest in a machine whose NICs have unknown names, for this reason."""
        unknown = unknown_fact(why)
        return replace(self, nics_at_boot=unknown, nic_hotplug=unknown, pins=unknown)

    def on_disk_bus(self, bus: str) -> Guest:
        """Return the guest whose disk has a bus, as Nova calls it: the guest may start only with certain buses.

        Its machine is chosen afterwards: the NICs of a q35 machine are forecast for a guest that starts by default.
        """

        def on_bus(usual: Provider[T], other: Provider[T | None]) -> Provider[T]:
            def ask() -> Fact[T]:
                try:
                    root = self.root_device()
                except Unknown:
                    return usual()
                if obstacle := root.value.obstacle_of_bus(bus):
                    raise Unknown(f"the guest does not start if hw_disk_bus is {bus}: {obstacle} ({root.location})")
                is_usual = root.value.buses is None or DEFAULT_DISK_BUS in root.value.buses
                if is_usual and (bus == DEFAULT_DISK_BUS or not lacks_driver(self.boot, DEFAULT_DISK_BUS)):
                    return usual()
                found = other()
                return usual() if found.value is None else Fact(found.value, found.location)

            return ask

        return replace(
            self,
            nics_at_boot=on_bus(self.nics_at_boot, self.other_bus_nics_at_boot),
            nic_hotplug=on_bus(self.nic_hotplug, self.other_bus_nic_hotplug),
            q35_nics_at_boot=on_bus(self.q35_nics_at_boot, unknown_fact(_NOT_FORECAST)),
            q35_nic_hotplug=on_bus(self.q35_nic_hotplug, unknown_fact(_NOT_FORECAST)),
        )


def unknown_guest(why: Unknown) -> Guest:
    """Return a guest of which every fact is unknown, for one reason."""

    def ask(_: Kind | None = None) -> NoReturn:
        raise why

    return Guest(**dict.fromkeys(_NAMES, ask), leftovers=ask)


def lazy_guest(find: Callable[[], Guest]) -> Guest:
    """Return a guest that is inspected once, when the first fact is asked for.

    Args:
        find: Inspects it; may raise Unknown.
    """
    found: list[Guest] = []

    def guest() -> Guest:
        if not found:
            try:
                found.append(find())
            except Unknown as unknown:
                found.append(unknown_guest(unknown))
        return found[0]

    def fact(name: str) -> Provider[Any]:
        return lambda: getattr(guest(), name)()

    return Guest(**{name: fact(name) for name in _NAMES}, leftovers=lambda kind: guest().leftovers(kind))


_NAMES = tuple(field.name for field in fields(Guest) if field.name != "leftovers")
