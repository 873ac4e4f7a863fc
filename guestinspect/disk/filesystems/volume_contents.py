"""The file systems on the volumes of a disk."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from guestinspect.disk.blocks import Blocks
from guestinspect.disk.filesystems import explorer_filesystems
from guestinspect.disk.filesystems.filesystem import FileSystem
from guestinspect.disk.filesystems.xfs import Xfs
from guestinspect.disk.tree import Unreadable
from guestinspect.disk.volumes.lvm import PhysicalVolume, logical_volumes, read_physical_volume
from guestinspect.disk.volumes.volume import Volume
from guestinspect.signatures import LVM, REASONS, read_signature

_READERS: Mapping[str, Callable[[Blocks], FileSystem]] = {
    "ext": explorer_filesystems.open_ext,
    "btrfs": explorer_filesystems.open_btrfs,
    "vfat": explorer_filesystems.open_vfat,
    "xfs": Xfs,
}


class NoKnownFileSystem(Unreadable):
    """A volume whose content has no known signature."""

    def __init__(self, volume_name: str) -> None:
        super().__init__(volume_name, "no known file system was found on it")
        self.why = f"no known file system was found on {volume_name}"
        self.args = (self.why,)


@dataclass(frozen=True)
class VolumeContent:
    """A volume with its file system.

    Args:
        volume: A partition, a logical volume, or the whole disk.
        signature: The type of its content, by ``read_signature``.
        filesystem: The file system, or why it cannot be read.
    """

    volume: Volume
    signature: str
    filesystem: FileSystem | Unreadable

    def is_named(self, tag: str, value: str) -> bool:
        """Return True if fstab means this volume.

        Args:
            tag: "UUID", "LABEL", "PARTUUID" or "PARTLABEL"; another text: the value is the path of a device.
            value: The value of the tag. UUIDs are compared in lower case, an empty label names nothing.
        """
        filesystem = None if isinstance(self.filesystem, Unreadable) else self.filesystem
        match tag:
            case "UUID":
                return filesystem is not None and filesystem.uuid.lower() == value.lower()
            case "LABEL":
                return filesystem is not None and value != "" and filesystem.label == value
            case "PARTUUID":
                return self.volume.uuid.lower() == value.lower()
            case "PARTLABEL":
                return value != "" and self.volume.label == value
        return value in self.volume.devices


def read_volumes(volumes: Iterable[Volume]) -> tuple[VolumeContent, ...]:
    """Return the content of each volume. Members of volume groups are replaced by the logical volumes on them."""
    contents: list[VolumeContent] = []
    physical: list[PhysicalVolume] = []
    for volume in volumes:
        content = _read_volume(volume)
        member = None
        if content.signature == LVM:
            try:
                member = read_physical_volume(volume)
            except Unreadable as unreadable:
                content = VolumeContent(volume, LVM, Unreadable(volume.name, unreadable.reason))
        if member:
            physical.append(member)
        else:
            contents.append(content)
    if physical:
        try:
            contents.extend(_read_volume(volume) for volume in logical_volumes(physical))
        except Unreadable as unreadable:
            contents.append(VolumeContent(Volume("LVM", unreadable), LVM, unreadable))
    return tuple(contents)


def _read_volume(volume: Volume) -> VolumeContent:
    name = ""
    try:
        name = read_signature(volume.readable_blocks().read_at)
        if reader := _READERS.get(name):
            return VolumeContent(volume, name, reader(volume.readable_blocks()))
    except Unreadable as unreadable:
        return VolumeContent(volume, name, Unreadable(volume.name, unreadable.reason))
    if not name:
        return VolumeContent(volume, name, NoKnownFileSystem(volume.name))
    return VolumeContent(volume, name, Unreadable(volume.name, REASONS.get(name, f"{name} is not supported")))
