"""The content of a disk file in a container format (qcow2, vmdk, vdi, vhd, vhdx): the bytes that a guest sees."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, cast

from guestinspect.disk.blocks import Blocks, read_exactly
from guestinspect.disk.explorer import ExplorerBlocks, errors_as_unreadable, open_with_driver
from guestinspect.disk.tree import Unreadable

if TYPE_CHECKING:
    from fs_explorer.tree import BlockSource

RAW = frozenset({"raw", "iso", "ami"})
"""Formats of Glance in which a guest sees the file as it is."""

_MAGIC_NUMBERS = (
    (b"QFI\xfb", "qcow2"),
    (b"KDMV", "vmdk"),
    (b"# Disk DescriptorFile", "vmdk"),
    (b"vhdxfile", "vhdx"),
    (b"conectix", "vhd"),
    (b"QED\0", "qed"),
    (b"WithoutFreeSpace", "ploop"),
    (b"WithouFreSpacExt", "ploop"),
    (b"\x1f\x8b\x08", "gzip"),
    (b"\xfd7zXZ\0", "xz"),
    (b"BZh", "bzip2"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
)
_VDI_SIGNATURE_AT = 64
_VHD_FOOTER_BYTES = 512
_SUPPORTED = frozenset({"qcow2", "vmdk", "vdi", "vhd", "vhdx"})


def open_container(blocks: Blocks, disk_format: str | None = None) -> tuple[str, Blocks]:
    """Return the format of a disk file, and the bytes that a guest sees.

    Args:
        blocks: The file.
        disk_format: The declared format; None: it is detected.

    Raises:
        Unreadable: The format is not supported, the file is damaged, or its content is in other files.
    """
    disk_format = disk_format or _detect_format(blocks)
    if disk_format in RAW:
        return disk_format, blocks
    if disk_format not in _SUPPORTED:
        raise Unreadable("the disk", f"the format {disk_format} is not supported")
    if disk_format == "qcow2":
        _check_qcow2_is_self_contained(blocks)
    disk = cast("BlockSource", open_with_driver(disk_format, blocks))
    with errors_as_unreadable("the disk"):
        return disk_format, ExplorerBlocks(disk.device())


def _detect_format(blocks: Blocks) -> str:
    """Return the format that the magic numbers show; raw if none does.

    The format that is reported to users is detected more strictly by ``guestinspect.formats``. That needs oslo.utils,
    which is not loaded in the child process that opens disks.
    """
    head = blocks.read_at(0, 512)
    for magic, name in _MAGIC_NUMBERS:
        if head.startswith(magic):
            return name
    if head[_VDI_SIGNATURE_AT : _VDI_SIGNATURE_AT + 4] == struct.pack("<I", 0xBEDA107F):
        return "vdi"
    footer = blocks.read_at(max(0, blocks.size_bytes - _VHD_FOOTER_BYTES), _VHD_FOOTER_BYTES)
    return "vhd" if footer.startswith(b"conectix") else "raw"


def _check_qcow2_is_self_contained(blocks: Blocks) -> None:
    """Refuse a qcow2 whose content is elsewhere; fs-explorer's message would say that a file was not found.

    Source: docs/interop/qcow2.rst of QEMU: backing_file_offset at byte 8, incompatible_features at byte 72.

    Raises:
        Unreadable: The disk has a backing file or an external data file.
    """
    header = read_exactly(blocks, 0, 80)
    version, backing_at = struct.unpack_from(">IQ", header, 4)
    if backing_at:
        raise Unreadable("the disk", "it is a qcow2 that needs a backing file")
    if version > 2 and header[79] & 4:
        raise Unreadable("the disk", "it is a qcow2 whose content is in another file (an external data file)")
