"""The network interfaces (NICs) that an instance of this cloud has."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Nic:
    """A virtio NIC on the PCI bus of an instance.

    Args:
        position: 0, 1, 2: there at boot; 3: attached later.
        name: As this guest calls it: ``ens3``, or ``eth0``.
        alternative_names: Other names by which systemd's tools match it (``altname``): ``enp0s3``.
        mac: A stand-in: another instance has another one.
        path: Its persistent path, as udev calls it: ``pci-0000:00:03.0``.
    """

    position: int
    name: str
    alternative_names: tuple[str, ...]
    mac: str
    path: str
    driver: str = "virtio_net"

    @property
    def is_hotplugged(self) -> bool:
        """Whether it is attached to the running instance."""
        return self.position >= 3
