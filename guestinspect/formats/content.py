"""The kind of data in a file: a disk, a kernel, a ramdisk, an appliance or another archive.

Sources: Linux, Documentation/arch/x86/boot.rst, arch/arm64/booting.rst, arch/riscv/boot-image-header.rst,
driver-api/early-userspace/buffer-format.rst (ramdisks).
"""

from __future__ import annotations

import struct

from guestinspect.formats.archives import find_archive_kind, has_ovf
from guestinspect.formats.unpacking import unpack_beginning
from guestinspect.model.disk import Content
from guestinspect.signatures import read_signature

_SECTOR_BYTES = 512

_KERNEL_MAGIC_NUMBERS = (
    (0x202, b"HdrS"),  # x86: bzImage, iPXE, memtest86+
    (0x38, b"ARM\x64"),  # arm64
    (0x38, b"RSC\x05"),  # riscv
    (0x24, b"\x18\x28\x6f\x01"),  # arm: zImage
    (0x04, b"zimg"),  # a compressed kernel with a program for UEFI around it
    (0x00, b"\x7fELF"),  # vmlinux, and kernels of other systems
    (0x00, b"\x27\x05\x19\x56"),  # U-Boot: uImage
    (0x10008, b"S390EP"),  # s390x
)

_FIRST_PARTITION_SECTOR = 2048
"""Partitioning tools leave the first MiB free. The fields of a bzImage, read as a partition table, give lower numbers:
the fourth entry begins with its setup_sects, and the sector is the upper half of its syssize."""


def find_content(head: bytes, disk_format: str) -> Content:
    """Return the kind of data that the beginning of a file shows.

    Args:
        head: The first bytes of the file.
        disk_format: The format that they show; "raw" if none.
    """
    if disk_format != "raw":
        return Content.DISK
    match find_archive_kind(head):
        case None:
            pass
        case "cpio":
            return Content.RAMDISK
        case "tar":
            return Content.OVA if has_ovf(head) else Content.ARCHIVE
        case archive_format:
            beginning = unpack_beginning(head, archive_format)
            if find_archive_kind(beginning) == "cpio":
                return Content.RAMDISK
            return Content.KERNEL if is_kernel(beginning) else Content.ARCHIVE
    looks_like_kernel = is_kernel(head)
    # A disk for which a user planted the magic number of a kernel, to avoid its inspection, is a disk.
    if _has_partitions(head, looks_like_kernel=looks_like_kernel) or _has_file_system(head):
        return Content.DISK
    return Content.KERNEL if looks_like_kernel else Content.UNRECOGNIZED


def is_kernel(head: bytes) -> bool:
    """Return True if the magic number of a kernel is in its place, or the file is a program for UEFI."""
    if any(head[at : at + len(magic)] == magic for at, magic in _KERNEL_MAGIC_NUMBERS):
        return True
    # A PE program, as a unified kernel image: e_lfanew, at byte 60, leads to its signature.
    pe_at = int.from_bytes(head[60:64], "little")
    return head[:2] == b"MZ" and head[pe_at : pe_at + 4] == b"PE\0\0"


def _has_partitions(head: bytes, *, looks_like_kernel: bool) -> bool:
    """Check whether a disk begins with a partition table. Source: UEFI 2.10, sections 5.2.1 (MBR) and 5.3.2 (GPT).

    Args:
        head: The beginning of the disk.
        looks_like_kernel: It has the magic number of a kernel, which may have other fields in the same place.
    """
    if any(head[at : at + 8] == b"EFI PART" for at in (512, 4096)):
        return True
    if head[510:512] != b"\x55\xaa":
        return False
    entries = list(struct.iter_unpack("<B3xB3xII", head[446:510]))
    used = [(start, sectors) for _status, kind, start, sectors in entries if kind]
    if not used or any(status not in (0, 0x80) for status, *_ in entries) or any(0 in entry for entry in used):
        return False
    return not looks_like_kernel or any(
        start >= _FIRST_PARTITION_SECTOR or _has_file_system(head[start * _SECTOR_BYTES :]) for start, _sectors in used
    )


def _has_file_system(volume: bytes) -> bool:
    def read_at(offset_bytes: int, length_bytes: int) -> bytes:
        return volume[offset_bytes : offset_bytes + length_bytes]

    return bool(read_signature(read_at))
