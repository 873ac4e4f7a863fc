"""A NIC before udev names it, and what udev knows of it then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from guestinspect.guest.files.ini import Ini, split_words
from guestinspect.network.match_section import NicProperties
from guestinspect.network.pci_slots import Slot


@dataclass(frozen=True)
class UnnamedNic:
    """A NIC that a udevd is about to name: that of the initramfs, or that of the root file system behind it.

    Args:
        position: The position among the NICs, from 0.
        slot: The PCI slot.
        name: The name that it has: the kernel's, or the one that the initramfs gave it.
        is_renamed: True if a program named it: then the policy ``keep`` applies.
    """

    position: int
    slot: Slot
    name: str
    is_renamed: bool = False

    @property
    def mac(self) -> str:
        """Return a placeholder from the range of Nova's MAC addresses."""
        return f"fa:16:3e:00:00:{self.position + 3:02x}"

    @property
    def path(self) -> str:
        """Return the persistent path in udev."""
        return f"pci-{self.slot.address}"

    def renamed(self, name: str) -> UnnamedNic:
        """Return the NIC with the name that the initramfs gave it."""
        return replace(self, name=name, is_renamed=self.is_renamed or name != self.name)

    def properties(self, command_line: tuple[str, ...]) -> NicProperties:
        """Return the properties by which a .link file matches it.

        ``OriginalName=`` is the current name, despite its name. Source: systemd's link-config.c, link_config_get.
        """
        return NicProperties.of_virtio(self.mac, self.path, {"OriginalName": (self.name,)}, command_line)

    def names_by_policy(self, file: Ini, key: str) -> tuple[str, ...]:
        """Return the names of a list of policies; a virtio NIC has none from its firmware or the hardware database."""
        names = {**self.slot.names, "mac": f"enx{self.mac.replace(':', '')}"}
        names |= {"keep": self.name} if self.is_renamed else {}
        return tuple(names[policy] for policy in list_words(file, key) if policy in names)

    def udev_properties(self, default_name: str) -> Mapping[str, tuple[str, ...]]:
        """Return the properties that udev rules match; the default name is the one that udev gives without rules."""
        # KERNELS, SUBSYSTEMS, DRIVERS and ATTRS match the NIC or one of its parents: the virtio device, the PCI device,
        # the PCI bus. NAME is empty until a rule sets it. Source: udev(7).
        address = self.slot.address
        return {
            "ACTION": ("add",),
            "SUBSYSTEM": ("net",),
            "SUBSYSTEMS": ("net", "virtio", "pci"),
            "KERNEL": (self.name,),
            "KERNELS": (self.name, address, *self.slot.parents),
            "DRIVERS": ("virtio_net", "virtio-pci", *(("pcieport",) if len(self.slot.parents) > 1 else ()), ""),
            "NAME": ("",),
            "ATTR{address}": (self.mac,),
            "ATTRS{address}": (self.mac,),
            "ATTR{type}": ("1",),
            "ATTR{dev_id}": ("0x0",),
            "ATTR{dev_port}": ("0",),
            "ENV{ID_PATH}": (self.path,),
            "ENV{ID_NET_DRIVER}": ("virtio_net",),
            "ENV{ID_NET_NAME}": (default_name if default_name != self.name else "",),
            "ENV{ID_NET_NAME_SLOT}": (self.slot.names.get("slot", ""),),
            "ENV{ID_NET_NAME_PATH}": (self.slot.names["path"],),
            "ENV{INTERFACE}": (self.name,),
        }


def list_words(file: Ini, key: str) -> tuple[str, ...]:
    """Return the words of a list in the section [Link]."""
    return tuple(word for entry in file.effective_entries("Link", key) for word in split_words(entry.value))
