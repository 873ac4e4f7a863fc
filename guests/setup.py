"""What a guest is made of: the words in which the set-ups are written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

SYSTEM = ("systemd-sysv", "udev", "dbus", "iproute2", "kmod")
"""What every guest has, beside Debian's essential packages."""
NAMING_FOLDERS = ("/etc/udev/", "/etc/systemd/network/")


class Source(StrEnum):
    """Where cloud-init would find what the cloud says."""

    CONFIG_DRIVE = "config drive"
    NONE = "none"


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
    """A guest, by what somebody did to a fresh Debian.

    Args:
        name: By which it is called on the command line and in ``truth.json``.
        packages: What is installed beside :data:`SYSTEM`; recommended packages are not.
        files: Text by path. Profiles of NetworkManager get the mode 600, programs below ``bin`` 755.
        links: Where links point, by path.
        enabled: Units that ``systemctl enable`` was said of.
        disabled: Units that ``systemctl disable`` was said of.
        masked: Units that ``systemctl mask`` was said of.
        parameters: Of the kernel.
        generation: Debian's.
        sources: With which data sources it is booted, the first is the one that this cloud has.
        layout: The file system of the static guest.
        disk_format: The format of the static guest's file.
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
    layout: Layout = Layout.EXT4
    disk_format: DiskFormat = DiskFormat.RAW

    @property
    def naming_files(self) -> dict[str, str]:
        """Those that change the names of NICs: the initramfs is made with them, as it would be by the next kernel."""
        return {
            path: text
            for path, text in self.files.items()
            if path.startswith(NAMING_FOLDERS) and path.endswith((".rules", ".link"))
        }
