"""The file systems that a guest mounts at boot, by its fstab."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from guestinspect.disk.device_names import DISK_DEVICE, TAGS, split_name
from guestinspect.disk.filesystems.filesystem import FileSystem
from guestinspect.disk.filesystems.volume_contents import VolumeContent
from guestinspect.disk.tree import Tree, Unreadable, lines

FSTAB = "/etc/fstab"

_MAX_LINES = 1000
_REMOVABLE_OR_MEMORY = re.compile(r"/dev/(sr|cdrom|dvd|fd|loop|zram|ram)")
_OPTIONAL = frozenset({"nofail", "noauto"})
_NOT_REQUIRED = _OPTIONAL | {"_netdev", "x-systemd.automount"}
_VIRTIO_DISK = "vd"
_MAPPED_DEVICE = re.compile(r"/dev/mapper/[^/]+")
_WITHOUT_FILE_SYSTEM = ("", "swap")
"""The signatures of a volume that cannot hold the file system of an fstab line."""


@dataclass(frozen=True)
class FstabEntry:
    """A line of fstab that names a file system on a disk.

    Args:
        line: Its number, from 1.
        source: The first field: "UUID=…", "/dev/vda1".
        folder: The mount point, without a slash at the end; "/" for the root.
        options: The mount options.
    """

    line: int
    source: str
    folder: str
    options: tuple[str, ...]

    @property
    def subvolume(self) -> str | None:
        """The subvolume of a btrfs that is mounted, by path or number; None: the default one."""
        for option in self.options:
            name, _, value = option.partition("=")
            if name in ("subvol", "subvolid"):
                return value
        return None

    @property
    def is_required(self) -> bool:
        """True if systemd stops the boot without it. Source: systemd.mount(5), systemd-fstab-generator(8)."""
        return self.folder != "/" and _NOT_REQUIRED.isdisjoint(self.options)

    @property
    def is_on_another_bus(self) -> bool:
        """True if the source is a disk or partition with a name that Linux gives to no disk of the bus virtio."""
        disk = DISK_DEVICE.fullmatch(self.source)
        return disk is not None and disk[1] != _VIRTIO_DISK

    @property
    def is_optional(self) -> bool:
        """True if the guest boots without it, and then uses what the mount point itself contains."""
        return not _OPTIONAL.isdisjoint(self.options)

    def open_in(self, content: VolumeContent) -> FileSystem | Unreadable:
        """Return the file system that the line mounts from its volume, or why it cannot be read."""
        filesystem, subvolume = content.filesystem, self.subvolume
        if isinstance(filesystem, Unreadable) or subvolume is None or filesystem.kind != "btrfs":
            return filesystem
        try:
            mounted = filesystem.open_subvolume(subvolume)
        except Unreadable as unreadable:
            return unreadable
        return mounted or Unreadable(self.folder, f"there is no subvolume {subvolume} ({FSTAB}:{self.line})")


def read_fstab(tree: Tree) -> Iterator[FstabEntry]:
    """The file systems on disks that a guest mounts, in the order of its fstab.

    Source: fstab(5), getmntent(3) for the escapes.

    Raises:
        Unreadable: The file cannot be read.
    """
    for number, line in lines(tree, FSTAB):
        if number > _MAX_LINES:
            raise Unreadable(FSTAB, f"it has more than {_MAX_LINES} lines")
        # getmntent(3): a space, tab, line feed or backslash in a field is written in octal, as in \040.
        fields = [re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8) & 0xFF), field) for field in line.split()]
        if len(fields) < 3 or fields[0].startswith("#") or not fields[1].startswith("/") or fields[2] == "swap":
            continue
        source, folder, _kind, options = fields[0], fields[1], fields[2], tuple(",".join(fields[3:4]).split(","))
        is_disk = source.startswith(tuple(f"{tag}=" for tag in TAGS)) or (
            source.startswith("/dev/") and not _REMOVABLE_OR_MEMORY.match(source)
        )
        if is_disk and not {"bind", "rbind"} & set(options):
            yield FstabEntry(number, source, posixpath.normpath("/" + folder.lstrip("/")), options)


def find_volume(entry: FstabEntry, contents: Iterable[VolumeContent]) -> VolumeContent | None:
    """Return the volume that a line of fstab names; None: it is not on this disk."""
    tag, value = split_name(entry.source)
    return next((content for content in contents if content.is_named(tag, value)), None)


def missing_file_systems(tree: Tree, contents: Iterable[VolumeContent]) -> Iterator[FstabEntry]:
    """The file systems that are certainly not on this disk, and without which systemd enters its emergency mode.

    The disk has the bus virtio, as that of an instance whose image does not have the property ``hw_disk_bus``. A volume
    that cannot be read may be any of them, but has no name of another bus either.

    Args:
        tree: The root file system alone.
        contents: The content of each volume of the disk.

    Raises:
        Unreadable: The guest's fstab cannot be read.
    """
    contents = tuple(contents)
    may_be_unreadable = any(
        isinstance(content.filesystem, Unreadable) and content.signature not in _WITHOUT_FILE_SYSTEM
        for content in contents
    )
    for entry in read_fstab(tree):
        tag, value = split_name(entry.source)
        # Other names, as /dev/disk/by-id/…, belong to the hardware: the disk cannot show whether they exist.
        is_decidable = tag in TAGS or any(each.fullmatch(value) for each in (DISK_DEVICE, _MAPPED_DEVICE))
        is_missing = is_decidable and not may_be_unreadable and find_volume(entry, contents) is None
        if entry.is_required and (is_missing or entry.is_on_another_bus):
            yield entry


def read_mounts(tree: Tree, contents: Iterable[VolumeContent]) -> dict[str, FileSystem | Unreadable]:
    """Return the file systems that the guest mounts over its root, by mount point.

    Args:
        tree: The root file system alone.
        contents: The content of each volume of the disk.

    Raises:
        Unreadable: The guest's fstab cannot be read.
    """
    contents = tuple(contents)
    mounts: dict[str, FileSystem | Unreadable] = {}
    for entry in read_fstab(tree):
        if entry.folder == "/":
            continue
        content = find_volume(entry, contents)
        if content is not None:
            mounts[entry.folder] = entry.open_in(content)
        elif not entry.is_optional:
            mounts[entry.folder] = Unreadable(
                entry.folder, f"{entry.source} ({FSTAB}:{entry.line}) was not found on this disk"
            )
    return mounts
