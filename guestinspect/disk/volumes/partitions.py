"""The partitions of a disk, in an MBR or a GPT."""

from __future__ import annotations

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
KINDS_WITHOUT_FILE_SYSTEM = frozenset(
    {
        BIOS_BOOT,
        "e3c9e316-0b5c-4db8-817d-f92df00215ae",  # Microsoft reserved
        "9e1a2d38-c612-4316-aa26-8b49521e5a8b",  # PReP boot
        "0x41",  # PReP boot
    }
)

_SECTOR_BYTES = 512
_BOOT_CODE_BYTES = 440
_DISKS = ("/dev/vda", "/dev/sda", "/dev/xvda", "/dev/hda")


@dataclass(frozen=True)
class PartitionLayout:
    """The partitioning of a disk, and what on it can boot a guest.

    Args:
        table: "gpt", "mbr", or empty without a partition table.
        bios_boot_partition: There is a partition for the second stage of a boot loader, which GRUB needs on a GPT.
        efi_system_partition: There is a partition with the programs that UEFI starts.
        boot_code: The first sector contains code, which a BIOS starts.
        active_partition: A partition of an MBR has the boot flag.
    """

    table: str
    bios_boot_partition: bool = False
    efi_system_partition: bool = False
    boot_code: bool = False
    active_partition: bool = False


def read_partitions(disk: Blocks) -> tuple[PartitionLayout, tuple[Volume, ...]]:
    """Return the layout of a disk and its partitions; a disk without a table is a volume itself.

    Raises:
        Unreadable: The partition table is damaged.
    """
    first = disk.read_at(0, _SECTOR_BYTES)
    table = _detect_table(disk, first)
    boot_code = any(first[:_BOOT_CODE_BYTES])
    if not table:
        return PartitionLayout("", boot_code=boot_code), (Volume("the disk", disk, devices=frozenset(_DISKS)),)
    volumes = cast("VolumeSet", open_with_driver(table, disk))
    with errors_as_unreadable("the partition table"):
        parts = list(islice(volumes.volumes(), PARTITIONS + 1))
    if len(parts) > PARTITIONS:
        raise Unreadable("the partition table", f"it has more than {PARTITIONS} partitions")
    disk_id = f"{cast('MBRVolumes', volumes).disk_id:08x}" if table == "mbr" else ""
    partitions = tuple(_partition(disk, part, disk_id) for part in parts)
    return PartitionLayout(
        table,
        bios_boot_partition=any(partition.kind == BIOS_BOOT for partition in partitions),
        efi_system_partition=any(partition.kind in EFI_SYSTEM for partition in partitions),
        boot_code=boot_code,
        # The highest bit of BootIndicator, an entry's first byte. Source: UEFI 2.10, section 5.2.1.
        active_partition=table == "mbr" and any(part.extra["attributes"] & 0x80 for part in parts),
    ), partitions


def _detect_table(disk: Blocks, first: bytes) -> str:
    """Return the kind of partition table that Linux uses: an MBR wins over a GPT unless the MBR is protective.

    A protective MBR has a partition of type 0xEE. Source: block/partitions/efi.c of Linux; UEFI 2.10, section 5.2.3.
    """
    is_signed = first[510:512] == b"\x55\xaa"
    if is_signed:
        with errors_as_unreadable("the partition table"):
            # Imported here, because importing it takes half of the time that an empty disk needs.
            from fs_explorer.partitions.mbr import looks_like_mbr

            if looks_like_mbr(first) >= 50:  # per cent of certainty: no boot sector of a file system, nor protective
                return "mbr"
    # The primary and the backup header, in sectors of 512 or 4096 bytes.
    headers_at = (512, 4096, disk.size_bytes - 512, disk.size_bytes - 4096)
    has_header = any(disk.read_at(at, 8) == b"EFI PART" for at in headers_at if at > 0)
    is_protective = is_signed and any(first[446 + 16 * entry + 4] == 0xEE for entry in range(4))
    return "gpt" if has_header or is_protective else ""


def _partition(disk: Blocks, part: VolumeInfo, disk_id: str) -> Volume:
    number = int(part.name.removeprefix("p"))
    kind = part.extra["type"]
    blocks: Blocks | Unreadable = WindowBlocks(disk, part.extra["start"], part.extra["size"])
    if part.error:
        blocks = Unreadable(f"partition {number}", part.error)
    return Volume(
        name=f"partition {number}",
        blocks=blocks,
        kind=kind.lower() if isinstance(kind, str) else f"0x{kind:02x}",
        # An MBR has no PARTUUIDs: Linux makes them of the disk's ID and the number (block/partitions/msdos.c).
        uuid=part.extra.get("guid", f"{disk_id}-{number:02x}"),
        label=part.label or "",
        devices=frozenset({*(f"{device}{number}" for device in _DISKS), f"/dev/nvme0n1p{number}"}),
    )
