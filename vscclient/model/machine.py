"""The machine of an instance of an image: the image's own machine type, or that of the site."""

from __future__ import annotations

from guestinspect.model.guest import Guest
from guestinspect.model.machine import MachineType, parse_machine_type
from vscclient.model.disk_bus import guest_on_disk_bus
from vscclient.model.image import MACHINE_TYPE, VIF_MODEL, Image

_CONVENTIONAL = frozenset({"e1000", "ne2k_pci", "pcnet", "rtl8139"})
"""The models of NICs that are conventional PCI devices: on a q35 machine, they are behind a bridge.

Source: Nova's ``nova/network/model.py``, VIF_MODEL_ALL; libvirt's ``src/qemu/qemu_domain_address.c``,
qemuDomainDeviceCalculatePCIConnectFlags.
"""


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
