"""The kinds of names in ``root=``: those of a bus, of another machine, and those that the disk does not show."""

from __future__ import annotations

import re

from guestinspect.disk.device_names import DISK_DEVICE
from guestinspect.guest.boot.root.parameters import RootParameters

_BUSES: dict[str, tuple[str, ...]] = {
    "vd": ("virtio",),
    "sd": ("scsi", "sata", "ide", "usb"),  # IDE, too: libata names its disks like those of SCSI
    "hd": ("ide",),
    "xvd": ("xen",),
    "ata": ("sata", "ide"),
    "scsi": ("scsi",),
    "usb": ("usb",),
}
"""The buses whose disks Linux gives such names, as Nova calls the buses; Nova has no bus for the other names.

Source: Nova, ``virt/libvirt/blockinfo.py``; Linux, admin-guide/devices.txt.
"""

_OTHER_MACHINE = re.compile(r"/dev/disk/by-id/(?:ata-|usb-|ieee1394-|nvme-|mmc-|scsi-SATA_)(?!.*QEMU).*")
"""A disk by the model and serial number that its bus reports; no disk of an instance has these.

Source: systemd 257, ``rules.d/60-persistent-storage.rules``.
"""

_QEMU_DISK = re.compile(r"/dev/disk/by-id/(ata|usb|scsi)-0?QEMU.*")
"""A disk of QEMU; a virtio disk has names that begin with ``virtio-``."""

_UNCHECKED = re.compile(
    r"/dev/disk/by-(?:id|path)/.*|/dev/dm-[0-9]+|/dev/ram[0-9]*|(?:0x)?[0-9a-fA-F]{3,8}|[0-9]+:[0-9]+"
)
"""A device whose name depends on the machine, on the order of its devices, or on numbers of its drivers."""

_KERNEL_FINDS = re.compile(r"PART(?:UUID|LABEL)=.*|[0-9a-fA-Fx:]+|/dev/(?:nbd|loop|ram|dm-|md)[0-9]*(?:p[0-9]+)?")
"""Names, besides those of disks, that the kernel finds without an initramfs.

Source: Linux, ``block/early-lookup.c``.
"""


def find_buses(name: str) -> tuple[str, ...] | None:
    """Return the buses of a disk with which a device of this name exists; None: with every bus."""
    if disk := DISK_DEVICE.fullmatch(name):
        return _BUSES.get(disk[1] or disk[4], ())
    controller = _QEMU_DISK.fullmatch(name)
    return _BUSES[controller[1]] if controller else None


def is_of_other_machine(name: str) -> bool:
    """Return True if a name belongs to a disk that no instance has."""
    return _OTHER_MACHINE.fullmatch(name) is not None


def is_unchecked(parameters: RootParameters) -> bool:
    """Return True if the root has a name that the disk does not show; genkernel's ``real_root`` replaces ``root``."""
    is_replaced = parameters.make_devices or parameters.values("real_root")
    is_checked = is_replaced or is_of_other_machine(parameters.name)
    return not is_checked and _UNCHECKED.fullmatch(parameters.name) is not None


def is_found_by_kernel(name: str) -> bool:
    """Return True if the kernel finds the root of a name without an initramfs."""
    return (DISK_DEVICE.fullmatch(name) or _KERNEL_FINDS.fullmatch(name)) is not None
