"""Which format a disk is in, and the bits that a machine would see of it."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, cast

from guestinspect.disk.blocks import Blocks, read_exactly
from guestinspect.disk.explorer import ExplorerBlocks, errors_as_unreadable, open_with_driver
from guestinspect.disk.tree import Unreadable

if TYPE_CHECKING:
    from fs_explorer.tree import BlockSource

RAW = frozenset({"raw", "iso", "ami"})
"""Formats of Glance in which the bits are what the machine sees."""

_MAGICS = (
    (b"QFI\xfb", "qcow2"),
    (b"KDMV", "vmdk"),
    (b"# Disk DescriptorFile", "vmdk"),
    (b"vhdxfile", "vhdx"),
    (b"conectix", "vhd"),
    (b"QED\0", "qed"),
    (b"\x1f\x8b\x08", "gzip"),
    (b"\xfd7zXZ\0", "xz"),
    (b"BZh", "bzip2"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
)
_VDI_SIGNATURE_AT = 64
_VHD_FOOTER_BYTES = 512
_READ = frozenset({"qcow2", "vmdk", "vdi", "vhd", "vhdx"})


def open_container(blocks: Blocks, disk_format: str | None = None) -> tuple[str, Blocks]:
    """The format of a disk, and the bits within.

    Args:
        blocks: The file.
        disk_format: What it is said to be; None: what it looks like.

    Raises:
        Unreadable: The format is not understood, the file is damaged, or its bits are in other files.
    """
    found = disk_format or _seen(blocks)
    if found in RAW:
        return found, blocks
    if found not in _READ:
        raise Unreadable("the disk", f"its format, {found}, is not one that is looked into")
    if found == "qcow2":
        _refuse_qcow2_that_needs_others(blocks)
    disk = cast("BlockSource", open_with_driver(found, blocks))
    with errors_as_unreadable("the disk"):
        return found, ExplorerBlocks(disk.device())


def _seen(blocks: Blocks) -> str:
    """What a file looks like; raw if nothing else."""
    head = blocks.read_at(0, 512)
    for magic, name in _MAGICS:
        if head.startswith(magic):
            return name
    if head[_VDI_SIGNATURE_AT : _VDI_SIGNATURE_AT + 4] == struct.pack("<I", 0xBEDA107F):
        return "vdi"
    footer = blocks.read_at(max(0, blocks.size_bytes - _VHD_FOOTER_BYTES), _VHD_FOOTER_BYTES)
    return "vhd" if footer.startswith(b"conectix") else "raw"


def _refuse_qcow2_that_needs_others(blocks: Blocks) -> None:
    """Says why, where fs-explorer would say that it did not find a file.

    Source: docs/interop/qcow2.rst of QEMU: the backing file's offset at byte 8, the incompatible features at byte 72.
    """
    header = read_exactly(blocks, 0, 80)
    version, backing_at = struct.unpack_from(">IQ", header, 4)
    if backing_at:
        raise Unreadable("the disk", "it needs a backing file, which is not part of it")
    if version > 2 and header[79] & 4:
        raise Unreadable("the disk", "its bits are in another file")
