"""The description of a guest: the types in which the set-ups are written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

SYSTEM = ("systemd-sysv", "udev", "dbus", "iproute2", "kmod")
"""The packages of every guest, beside Debian's essential packages."""
NAMING_FOLDERS = ("/etc/udev/", "/etc/systemd/network/")


class Source(StrEnum):
    """The data source that cloud-init finds."""

    CONFIG_DRIVE = "config drive"
    NONE = "none"


class MachineType(StrEnum):
    """The machine type of the instance."""

    I440FX = "i440fx"
    Q35 = "q35"
    Q35_TABLET = "q35 with a USB tablet"


ALL_MACHINES = tuple(MachineType)


class Layout(StrEnum):
    """The file system of the disk."""

    EXT4 = "ext4"
    XFS = "xfs"
    BTRFS = "btrfs"


class DiskFormat(StrEnum):
    """The format of the disk's file."""

    RAW = "raw"
    QCOW2 = "qcow2"


@dataclass(frozen=True, kw_only=True)
class Setup:
    """A guest, described by the changes to a fresh Debian.

    The names of the fields are part of the fingerprint in ``truth.json``.

    Args:
        name: The name on the command line and in ``truth.json``.
        packages: The packages beside :data:`SYSTEM`, without recommended packages.
        files: The text of files by path. Profiles of NetworkManager get the mode 600, programs below ``bin`` 755.
        links: The targets of links by path.
        enabled: The units to enable, as ``systemctl enable`` does.
        disabled: The units to disable, as ``systemctl disable`` does.
        masked: The units to mask, as ``systemctl mask`` does.
        parameters: The kernel parameters.
        generation: The code name of the Debian release.
        sources: The data sources to boot it with, that of this cloud first.
        machines: The machine types to boot it on; on other machines than i440fx, with the first data source only.
        layout: The file system of the static guest.
        disk_format: The format of the static guest's disk.
        has_stale_initramfs: True if the initramfs was made before the files and links were written.
    """

    name: str
    packages: tuple[str, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)
    enabled: tuple[str, ...] = ()
    disabled: tuple[str, ...] = ()
    masked: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()
    generation: str = "bookworm"
    sources: tuple[Source, ...] = (Source.CONFIG_DRIVE,)
    machines: tuple[MachineType, ...] = (MachineType.I440FX,)
    layout: Layout = Layout.EXT4
    disk_format: DiskFormat = DiskFormat.RAW
    has_stale_initramfs: bool = False

    @property
    def boots(self) -> tuple[tuple[Source, MachineType], ...]:
        """Return all boots: the data source and the machine type of each."""
        first, *others = self.machines
        return (*((source, first) for source in self.sources), *((self.sources[0], machine) for machine in others))

    @property
    def naming_files(self) -> dict[str, str]:
        """Return the files that change the names of NICs; the initramfs gets a copy, as from the next kernel update."""
        if self.has_stale_initramfs:
            return {}
        return {
            path: text
            for path, text in self.files.items()
            if path.startswith(NAMING_FOLDERS) and path.endswith((".rules", ".link"))
        }
