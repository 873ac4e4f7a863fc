"""An instance of an image: its machine type, and the bus of its disk. The guest's names of NICs and disks follow."""

from __future__ import annotations

from guestinspect.model.guest import DEFAULT_DISK_BUS, Guest
from guestinspect.model.machine import MachineType, parse_machine_type
from vscclient.model.image import DISK_BUS, HYPERVISORS, MACHINE_TYPE, VIF_MODEL, Image

BUSES = ("fdc", "ide", "sata", "scsi", "usb", "virtio", "xen")
"""The buses of a virtual machine's disk. Source: Nova, ``objects/fields.py``, ``DiskBus``."""

_WITH_DEFAULT_BUS = ("", "kvm", "qemu")

_CONVENTIONAL = frozenset({"e1000", "ne2k_pci", "pcnet", "rtl8139"})
"""The models of NICs that are conventional PCI devices: on a q35 machine, they are behind a bridge.

Source: Nova's ``nova/network/model.py``, VIF_MODEL_ALL; libvirt's ``src/qemu/qemu_domain_address.c``,
qemuDomainDeviceCalculatePCIConnectFlags.
"""


def disk_bus_of(image: Image) -> str:
    """Return the bus of the disk of an instance, as Nova calls it; empty: it is not known.

    Source: Nova, ``virt/libvirt/blockinfo.py``, ``get_disk_bus_for_device_type``.
    """
    bus = image.properties.get(DISK_BUS, "").strip().lower()
    hypervisor = next(filter(None, (image.properties.get(name, "").strip().lower() for name in HYPERVISORS)), "")
    if not bus and hypervisor in _WITH_DEFAULT_BUS:
        return DEFAULT_DISK_BUS
    return bus if bus in BUSES else ""


def guest_on_disk_bus(guest: Guest, image: Image | None) -> Guest:
    """Return the guest in an instance of the image: it may start only with certain buses of the disk.

    Args:
        guest: The guest.
        image: The image; None: a file alone, whose disk has the default bus.
    """
    return guest.on_disk_bus(disk_bus_of(image) if image else DEFAULT_DISK_BUS)


def machine_of(image: Image | None, default: MachineType) -> str:
    """Return the machine type of an instance of the image: the name that the image sets, or the site's machine type.

    Args:
        image: The image; None: a file alone.
        default: The site's machine type.
    """
    return image.properties.get(MACHINE_TYPE, str(default)) if image else str(default)


def guest_in_machine(guest: Guest, image: Image | None, default: MachineType) -> Guest:
    """Return the guest in an instance of the image: its NICs have the names of that machine, its disk the image's bus.

    Args:
        guest: The guest.
        image: The image; None: a file alone.
        default: The site's machine type.
    """
    guest = guest_on_disk_bus(guest, image)
    name = machine_of(image, default)
    machine = parse_machine_type(name)
    if machine is None:
        return guest.in_unknown_machine(
            f"the names of the NICs are known for i440fx and q35 machines, not for '{name}'"
        )
    vif_model = image.properties.get(VIF_MODEL) if image else None
    if machine is MachineType.Q35 and vif_model in _CONVENTIONAL:
        return guest.in_unknown_machine(f"the names of NICs of the model {vif_model} are not known for a q35 machine")
    return guest.in_machine(machine)
