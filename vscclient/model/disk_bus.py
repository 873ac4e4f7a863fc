"""The bus of an instance's disk: the names of disks in the guest depend on it."""

from __future__ import annotations

from guestinspect.model.guest import DEFAULT_DISK_BUS, Guest
from vscclient.model.image import DISK_BUS, HYPERVISORS, Image

BUSES = ("fdc", "ide", "sata", "scsi", "usb", "virtio", "xen")
"""The buses of a virtual machine's disk. Source: Nova, ``objects/fields.py``, ``DiskBus``."""

_WITH_DEFAULT_BUS = ("", "kvm", "qemu")


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
