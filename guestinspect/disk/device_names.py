"""The names that a guest uses for the volumes of its disk: ``UUID=…``, ``/dev/vda1``, ``/dev/mapper/vg-root``."""

from __future__ import annotations

import re
from dataclasses import dataclass

from guestinspect.disk.filesystems.explorer_filesystems import is_same_folder
from guestinspect.disk.filesystems.filesystem import FileSystem
from guestinspect.disk.filesystems.volume_contents import NoKnownFileSystem, VolumeContent
from guestinspect.disk.tree import Unreadable
from guestinspect.disk.volumes.partitions import KINDS_WITHOUT_FILE_SYSTEM

TAGS = ("UUID", "LABEL", "PARTUUID", "PARTLABEL")
DISK_DEVICE = re.compile(r"/dev/(?:((?:xv|[vsh])d)([a-z]+)([0-9]*)|(nvme|mmcblk)([0-9]+(?:n[0-9]+)?)(?:p([0-9]+))?)")
"""A disk or a partition of it: the kind of disk, the disk, and the number of the partition; of either form."""

_FROM_TABLE = ("PARTUUID", "PARTLABEL")
_OFFSET = "/PARTNROFF="
"""An offset to the number of the partition. Source: Linux, ``block/early-lookup.c``."""

_SWAP = "swap"
_EMPTY_BYTES = 256 * 1024
"""The part of a volume that is compared with zeros: the signatures of all file systems lie in it."""


def split_name(name: str) -> tuple[str, str]:
    """Return the tag and the value of UUID=… or /dev/disk/by-uuid/…; an empty tag and the path of another device."""
    by = re.fullmatch(r"/dev/disk/by-(uuid|label|partuuid|partlabel)/(.*)", name)
    if by:
        return by[1].upper(), decode(by[2])
    if name.startswith("/dev/"):
        return "", name
    tag, _, value = name.partition("=")
    return tag, value.strip("\"'")


def decode(text: str) -> str:
    r"""Return a text with the characters that udev encodes, because a file name must not have them, as ``\x20``.

    Source: util-linux, ``blkid_encode_string``.
    """
    return re.sub(r"\\x([0-9a-f]{2})", lambda code: chr(int(code[1], 16)), text)


@dataclass(frozen=True)
class DiskVolumes:
    """The volumes of a disk.

    Args:
        contents: The content of each volume.
        root: The volume with the root file system of the guest.
        root_folder: That file system, or the subvolume that is the root.
        subvolume: The name of that subvolume; empty: the default one, or not a btrfs.
    """

    contents: tuple[VolumeContent, ...]
    root: VolumeContent
    root_folder: FileSystem
    subvolume: str = ""

    def find(self, name: str) -> VolumeContent | None:
        """Return the volume that has a name; None: certainly no volume of the disk has it.

        Args:
            name: A device, or UUID=… and the like; ``PARTUUID=…/PARTNROFF=1`` is the partition behind that one.

        Raises:
            Unreadable: A volume that cannot be read may have the name, or several volumes have it.
        """
        tag, value = split_name(name)
        value, _, offset = value.partition(_OFFSET)
        values = (value, decode(value)) if tag.endswith("LABEL") else (value,)  # systemd and dracut read both
        matches = [each for each in self.contents if any(each.is_named(tag, value) for value in values)]
        if len(matches) > 1:
            raise Unreadable(name, f"{matches[0].volume.name} and {matches[1].volume.name} have this name")
        found = next(iter(matches), None)
        if found and offset:
            return self._find_behind(found, offset)
        if found is None and tag not in _FROM_TABLE and not DISK_DEVICE.fullmatch(value):
            self.require_readable()
        return found

    def require_readable(self) -> None:
        """Raise Unreadable if a volume that may hold a file system cannot be read."""
        for content in self.contents:
            if isinstance(content.filesystem, Unreadable) and not (content.signature == _SWAP or _is_unused(content)):
                raise content.filesystem

    def find_partition(self, number: str) -> VolumeContent | None:
        """Return a partition by its number; an empty number is the whole disk, if it has no partition table."""
        return next((content for content in self.contents if f"/dev/vda{number}" in content.volume.devices), None)

    def is_root(self, content: VolumeContent, mounted: FileSystem) -> bool:
        """Return True if a volume, or a subvolume of it, is the root file system of the guest."""
        if content is not self.root:
            return False
        return mounted.kind != "btrfs" or is_same_folder(mounted, self.root_folder)

    def _find_behind(self, first: VolumeContent, offset: str) -> VolumeContent | None:
        number = re.search("[0-9]+$", first.volume.name)
        if number is None or not re.fullmatch("-?[0-9]{1,3}", offset):
            return None
        return self.find_partition(str(int(number[0]) + int(offset)))


def _is_unused(content: VolumeContent) -> bool:
    """Return True if a volume certainly has no file system, such as the code of a boot loader, or zeros."""
    if not isinstance(content.filesystem, NoKnownFileSystem):
        return False
    if content.volume.kind in KINDS_WITHOUT_FILE_SYSTEM:
        return True
    return not any(content.volume.readable_blocks().read_at(0, _EMPTY_BYTES))
