"""The file systems on a disk, on whatever volumes they are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from guestinspect.disk.blocks import Blocks
from guestinspect.disk.filesystems import explored, signature
from guestinspect.disk.filesystems.filesystem import FileSystem
from guestinspect.disk.filesystems.xfs import Xfs
from guestinspect.disk.tree import Unreadable
from guestinspect.disk.volumes.lvm import PhysicalVolume, logical_volumes, physical_volume
from guestinspect.disk.volumes.volume import Volume

_READERS: Mapping[str, Callable[[Blocks], FileSystem]] = {
    "ext": explored.ext,
    "btrfs": explored.btrfs,
    "vfat": explored.vfat,
    "xfs": Xfs,
}


@dataclass(frozen=True)
class Found:
    """A volume, and what is on it.

    Args:
        signature: As ``signature`` gives it.
        content: The file system, or why it cannot be read.
    """

    volume: Volume
    signature: str
    content: FileSystem | Unreadable


def found_on(volumes: Iterable[Volume]) -> tuple[Found, ...]:
    """What is on each volume; of volume groups, what is on the logical volumes."""
    found: list[Found] = []
    physical: list[PhysicalVolume] = []
    for volume in volumes:
        one = _found(volume)
        try:
            member = physical_volume(volume.bits()) if one.signature == signature.LVM else None
        except Unreadable as unreadable:
            one = Found(volume, one.signature, Unreadable(volume.name, unreadable.reason))
            member = None
        if member:
            physical.append(member)
        else:
            found.append(one)
    if physical:
        found.extend(_on_logical_volumes(physical))
    return tuple(found)


def _on_logical_volumes(physical: list[PhysicalVolume]) -> list[Found]:
    try:
        return [_found(volume) for volume in logical_volumes(physical)]
    except Unreadable as unreadable:
        return [Found(Volume("LVM", unreadable), signature.LVM, unreadable)]


def _found(volume: Volume) -> Found:
    name = ""
    try:
        name = signature.signature(volume.bits())
        if reader := _READERS.get(name):
            return Found(volume, name, reader(volume.bits()))
    except Unreadable as unreadable:
        return Found(volume, name, Unreadable(volume.name, unreadable.reason))
    return Found(
        volume, name, Unreadable(volume.name, signature.IN_WORDS.get(name, f"it is {name}, which is not read"))
    )
