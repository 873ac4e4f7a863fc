"""The PCI slots of NICs, and the names that systemd derives from them.

Source: systemd.net-naming-scheme(7).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from guestinspect.model.machine import MachineType


@dataclass(frozen=True)
class Slot:
    """The slot of a NIC.

    Args:
        address: The address on the PCI bus.
        names: The name by each policy of ``NamePolicy=``; a policy that gives no name is missing.
        parents: The names of the bus and of the bridge above it, in sysfs.
    """

    address: str
    names: Mapping[str, str]
    parents: tuple[str, ...] = ("pci0000:00",)


@dataclass(frozen=True)
class PciLayout:
    """The slots of the NICs in a machine: three for the NICs at boot, and one for a NIC that is attached later.

    Args:
        machine: The machine type.
        slots: The slots.
    """

    machine: MachineType
    slots: tuple[Slot, ...]


I440FX = PciLayout(
    MachineType.I440FX,
    tuple(
        Slot(f"0000:00:{number:02x}.0", MappingProxyType({"slot": f"ens{number}", "path": f"enp0s{number}"}))
        for number in (3, 4, 5, 6)
    ),
)
"""The layout of the i440fx machine, with its first NIC in slot 3."""


def _slot_of_root_port(bus: int, function: int) -> Slot:
    # Each root port has the hotplug slot 0, because libvirt gives it no slot number and QEMU's _SUN is the number of
    # the device. systemd takes 0 for no number. Measured with the machine types pc-q35-5.2, pc-q35-7.2 and pc-q35-10.0,
    # of which the first has native hotplug and the others have ACPI hotplug.
    # Source: systemd's udev-builtin-net_id.c, dev_pci_slot; QEMU's hw/pci/pcie_port.c, property "slot".
    name = MappingProxyType({"path": f"enp{bus}s0"})
    return Slot(f"0000:{bus:02x}:00.0", name, ("pci0000:00", f"0000:00:{2 + function // 8:02x}.{function % 8}"))


def _q35(first_bus: int, later_bus: int) -> PciLayout:
    buses = (first_bus, first_bus + 1, first_bus + 2, later_bus)
    buses_of_bridge = 1 if first_bus > 1 else 0
    return PciLayout(MachineType.Q35, tuple(_slot_of_root_port(bus, bus - 1 - buses_of_bridge) for bus in buses))


Q35 = _q35(1, 7)
"""The layout of a q35 machine with PCIe devices only.

libvirt puts each device on a root port of its own, NICs first, and adds a spare port behind the last device. Nova's
option ``num_pcie_ports`` adds more of them, and does not move the NICs.
Source: libvirt's src/qemu/qemu_domain_address.c, qemuDomainAssignDevicePCISlots and qemuDomainAssignPCIAddresses;
Nova's nova/virt/libvirt/driver.py, _guest_add_pcie_root_ports. Measured with libvirt 11.3.0, with 0 and 16 ports.
"""

Q35_WITH_BRIDGE = _q35(3, 9)
"""The layout of a q35 machine with a conventional PCI device.

Since its version 23, Nova asks for a USB controller for the tablet of its default ``pointer_model``, and names no
model: libvirt takes piix3-uhci, which is not a PCIe device, and puts it on a bridge on the first root port. The bridge
has bus 2, so the first NIC is on bus 3. A watchdog (``hw_watchdog_action``) needs the bridge, too.
Source: Nova's nova/virt/libvirt/driver.py, _guest_add_usb_root_controller. Measured with libvirt 11.3.0.
"""

Q35_OTHER_PORTS = tuple(_q35(1, bus).slots[-1] for bus in (4, 5, 6, 8))
"""Other spare ports for a NIC that is attached later, in the first layout: its port is behind the last device.

An instance has one disk or several of them; the memory balloon and the random number generator can be missing.
"""

Q35_OTHER_PORTS_WITH_BRIDGE = tuple(_q35(3, bus).slots[-1] for bus in (6, 7, 8, 10))
"""The same in the layout with a bridge."""
