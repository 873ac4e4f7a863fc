"""The file systems on a disk, on whatever volumes they are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from guestinspect.disk.blocks import Blocks
from guestinspect.disk.filesystems import explorer_filesystems, signature
from guestinspect.disk.filesystems.filesystem import FileSystem
from guestinspect.disk.filesystems.xfs import Xfs
from guestinspect.disk.tree import Unreadable
from guestinspect.disk.volumes.lvm import PhysicalVolume, logical_volumes, physical_volume
from guestinspect.disk.volumes.volume import Volume

_READERS: Mapping[str, Callable[[Blocks], FileSystem]] = {
    "ext": explorer_filesystems.ext,
    "btrfs": explorer_filesystems.btrfs,
    "vfat": explorer_filesystems.vfat,
    "xfs": Xfs,
}


@dataclass(frozen=True)
class VolumeContent:
    """A volume, and what is on it.

    Args:
        signature: As ``signature`` gives it.
        content: The file system, or why it cannot be read.
    """

    volume: Volume
    signature: str
    content: FileSystem | Unreadable


def read_volumes(volumes: Iterable[Volume]) -> tuple[VolumeContent, ...]:
    """What is on each volume; of volume groups, what is on the logical volumes."""
    found: list[VolumeContent] = []
    physical: list[PhysicalVolume] = []
    for volume in volumes:
        one = _found(volume)
        try:
            member = physical_volume(volume.bits()) if one.signature == signature.LVM else None
        except Unreadable as unreadable:
            one = VolumeContent(volume, one.signature, Unreadable(volume.name, unreadable.reason))
            member = None
        if member:
            physical.append(member)
        else:
            found.append(one)
    if physical:
        found.extend(_on_logical_volumes(physical))
    return tuple(found)


def _on_logical_volumes(physical: list[PhysicalVolume]) -> list[VolumeContent]:
    try:
        return [_found(volume) for volume in logical_volumes(physical)]
    except Unreadable as unreadable:
        return [VolumeContent(Volume("LVM", unreadable), signature.LVM, unreadable)]


def _found(volume: Volume) -> VolumeContent:
    name = ""
    try:
        name = signature.signature(volume.bits())
        if reader := _READERS.get(name):
            return VolumeContent(volume, name, reader(volume.bits()))
    except Unreadable as unreadable:
        return VolumeContent(volume, name, Unreadable(volume.name, unreadable.reason))
    return VolumeContent(
        volume, name, Unreadable(volume.name, signature.IN_WORDS.get(name, f"it is {name}, which is not read"))
    )
