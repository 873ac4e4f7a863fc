"""The partitions of a disk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, cast

from guestinspect.disk.blocks import Blocks, WindowBlocks
from guestinspect.disk.explorer import errors_as_unreadable, open_with_driver
from guestinspect.disk.limits import PARTITIONS
from guestinspect.disk.tree import Unreadable
from guestinspect.disk.volumes.volume import Volume

if TYPE_CHECKING:
    from fs_explorer.partitions.mbr import MBRVolumes
    from fs_explorer.tree import VolumeInfo, VolumeSet

EFI_SYSTEM = frozenset({"c12a7328-f81f-11d2-ba4b-00a0c93ec93b", "0xef"})
BIOS_BOOT = "21686148-6449-6e6f-744e-656564454649"

_SECTOR_BYTES = 512
_BOOT_CODE_BYTES = 440
_DISKS = ("/dev/vda", "/dev/sda", "/dev/xvda", "/dev/hda")


@dataclass(frozen=True)
class PartitionLayout:
    """How a disk is divided, and what on it could start a guest.

    Args:
        table: "gpt", "mbr", or empty: there is none.
        bios_boot_partition: There is a partition for the boot loader's second part, as GRUB needs on a GPT.
        efi_system_partition: There is a partition with the programs that UEFI starts.
        boot_code: There is code in the first sector, which a BIOS starts.
        active_partition: A partition of an MBR is marked to be started.
    """

    table: str
    bios_boot_partition: bool = False
    efi_system_partition: bool = False
    boot_code: bool = False
    active_partition: bool = False


def partitions(disk: Blocks) -> tuple[PartitionLayout, tuple[Volume, ...]]:
    """How a disk is divided, and its partitions; of one without a table: itself.

    Raises:
        Unreadable: The table is damaged.
    """
    first = disk.read_at(0, _SECTOR_BYTES)
    table = _table(disk, first)
    boot_code = any(first[:_BOOT_CODE_BYTES])
    if not table:
        return PartitionLayout("", boot_code=boot_code), (Volume("the disk", disk, devices=frozenset(_DISKS)),)
    volumes = cast("VolumeSet", open_with_driver(table, disk))
    with errors_as_unreadable("the partition table"):
        found = list(islice(volumes.volumes(), PARTITIONS + 1))
    if len(found) > PARTITIONS:
        raise Unreadable("the partition table", f"it has more than {PARTITIONS} partitions")
    disk_id = f"{cast('MBRVolumes', volumes).disk_id:08x}" if table == "mbr" else ""
    parts = tuple(_volume(disk, part, disk_id) for part in found)
    return PartitionLayout(
        table,
        bios_boot_partition=any(part.kind == BIOS_BOOT for part in parts),
        efi_system_partition=any(part.kind in EFI_SYSTEM for part in parts),
        boot_code=boot_code,
        active_partition=table == "mbr" and any(part.extra["attributes"] & 0x80 for part in found),
    ), parts


def _table(disk: Blocks, first: bytes) -> str:
    """Which partition table there is, as Linux decides it: an MBR whose partitions are not those of a GPT wins."""
    if _signed(first) and _seems_mbr(first):
        return "mbr"
    places = (512, 4096, disk.size_bytes - 512, disk.size_bytes - 4096)
    named = any(disk.read_at(at, 8) == b"EFI PART" for at in places if at > 0)
    return "gpt" if named or _protective(first) else ""


def _seems_mbr(first: bytes) -> bool:
    with errors_as_unreadable("the partition table"):
        from fs_explorer.partitions.mbr import looks_like_mbr  # half the time of a look at an empty disk

        return looks_like_mbr(first) >= 50


def _signed(first: bytes) -> bool:
    """Whether the first sector ends as that of an MBR."""
    return first[510:512] == b"\x55\xaa"


def _protective(first: bytes) -> bool:
    """Whether the first sector says that there is a GPT."""
    return _signed(first) and any(first[446 + 16 * entry + 4] == 0xEE for entry in range(4))


def _volume(disk: Blocks, part: VolumeInfo, disk_id: str) -> Volume:
    number = int(part.name.removeprefix("p"))
    kind = part.extra["type"]
    blocks: Blocks | Unreadable = WindowBlocks(disk, part.extra["start"], part.extra["size"])
    if part.error:
        blocks = Unreadable(f"partition {number}", part.error)
    return Volume(
        name=f"partition {number}",
        blocks=blocks,
        kind=kind.lower() if isinstance(kind, str) else f"0x{kind:02x}",
        uuid=part.extra.get("guid", f"{disk_id}-{number:02x}"),
        label=part.label or "",
        devices=frozenset(_devices(number)),
    )


def _devices(number: int) -> Iterator[str]:
    for disk in _DISKS:
        yield f"{disk}{number}"
    yield f"/dev/nvme0n1p{number}"
