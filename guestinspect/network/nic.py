"""The network interfaces (NICs) that an instance of this cloud has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Nic:
    """A virtio NIC on the PCI bus of an instance.

    Args:
        position: 0, 1 or 2 for a NIC that is there at boot, 3 for one that is attached later.
        name: The name in this guest: ``ens3``, or ``eth0``.
        alternative_names: Other names by which systemd's tools match it (``altname``): ``enp0s3``.
        mac: A placeholder for the MAC address, which differs in every instance.
        path: The persistent path in udev: ``pci-0000:00:03.0``.
        driver: The kernel module that drives it.
    """

    position: int
    name: str
    alternative_names: tuple[str, ...]
    mac: str
    path: str
    driver: str = "virtio_net"

    @property
    def is_hotplugged(self) -> bool:
        """Return True if it is attached to the running instance."""
        return self.position >= 3

    @property
    def udev_properties(self) -> Mapping[str, tuple[str, ...]]:
        """Return the properties that udev rules can match when the NIC has its name."""
        name = (self.name,)
        return {
            "ACTION": ("add", "change", "move"),
            "SUBSYSTEM": ("net",),
            "KERNEL": name,
            "NAME": name,
            "DRIVERS": (self.driver, "virtio-pci"),
            "SUBSYSTEMS": ("virtio", "pci"),
            "ENV{INTERFACE}": name,
            "ENV{ID_NET_NAME}": name,
            "ENV{ID_NET_DRIVER}": (self.driver,),
            "ENV{ID_PATH}": (self.path,),
            "ENV{DEVTYPE}": ("",),
            "ATTR{address}": (self.mac.lower(),),
            "ATTR{type}": ("1",),
        }
