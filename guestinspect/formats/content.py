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
"""Partitioning tools leave the first MiB free."""

_READ_ONLY_ROOT = 1
"""The only value of ``root_flags`` in the header of a kernel, beside 0 (Documentation/arch/x86/boot.rst)."""


def find_content(head: bytes, disk_format: str) -> Content:
    """Return the kind of data that the beginning of a file shows.

    Args:
        head: The first bytes of the file.
        disk_format: The format that they show; "raw" if none.
    """
    if disk_format != "raw":
        return Content.DISK
    archive_format = find_archive_kind(head)
    looks_like_kernel = archive_format is None and is_kernel(head)
    # A disk for which a user planted the magic number of a kernel or an archive, to avoid its inspection, is a disk.
    if _has_partitions(head, looks_like_kernel=looks_like_kernel):
        return Content.DISK
    if archive_format == "tar":  # its first file follows the header, and may itself be a volume
        return Content.OVA if has_ovf(head) else Content.ARCHIVE
    if _has_file_system(head):
        return Content.DISK
    beginning = unpack_beginning(head, archive_format) if archive_format else b""
    if "cpio" in (archive_format, find_archive_kind(beginning)):
        return Content.RAMDISK
    if looks_like_kernel or is_kernel(beginning):
        return Content.KERNEL
    return Content.ARCHIVE if archive_format else Content.UNRECOGNIZED


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
    if any(status not in (0, 0x80) for status, *_ in entries):  # Linux rejects such a table (block/partitions/msdos.c)
        return False
    if looks_like_kernel:
        # The header of a kernel begins in the fourth entry: root_flags is its type, the upper half of syssize its first
        # sector (a bzImage of Debian 12: type 1, sector 13). The other entries are part of a program, or empty.
        _status, kind, start, _sectors = entries[3]
        is_header = kind == _READ_ONLY_ROOT and start < _FIRST_PARTITION_SECTOR
        if is_header and not _has_file_system(head[start * _SECTOR_BYTES :]):
            entries.pop()
    used = [(start, sectors) for _status, kind, start, sectors in entries if kind]
    return bool(used) and not any(0 in entry for entry in used)


def _has_file_system(volume: bytes) -> bool:
    def read_at(offset_bytes: int, length_bytes: int) -> bytes:
        return volume[offset_bytes : offset_bytes + length_bytes]

    signature = read_signature(read_at)
    if signature == "ext" and len(volume) >= 2048:
        # Its magic number has two bytes, which compressed data has by chance. So s_log_block_size, at byte 24 of the
        # superblock, and s_rev_level, at byte 76, must be possible, too. Source: fs/ext4/ext4.h of Linux.
        return int.from_bytes(volume[1048:1052], "little") <= 6 and int.from_bytes(volume[1100:1104], "little") <= 1
    return bool(signature)
