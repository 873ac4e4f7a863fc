"""VDI, the format of VirtualBox.

Source: QEMU's block/vdi.c; VirtualBox's src/VBox/Storage/VDICore.h.
"""

from __future__ import annotations

from guestinspect.formats.file_ends import unpack, unpack_number, unpack_table
from guestinspect.formats.integrity import ByteRange, IntegrityCheck, Walk
from guestinspect.formats.layouts.layout import HEADER, Layout
from guestinspect.model.fact import Fact, Unknown

_DIFFERENCING = 4
_MAX_MAP_BYTES = 64 * 1024**2
"""16 TiB at the usual 1 MiB a block."""

_UNUSED = 0xFFFFFFFE
"""From this number on a block is not in the file: 0xFFFFFFFE reads as zeros, 0xFFFFFFFF was never written."""


class Vdi(Layout):
    """A dynamic, fixed or differencing VDI: a header, a block map, blocks."""

    name = "vdi"

    def declared_size_bytes(self) -> Fact[int]:
        return Fact(unpack_number("<Q", self.ends.head, 0x170), HEADER)

    def references(self) -> Fact[tuple[str, ...]]:
        kind = unpack_number("<I", self.ends.head, 0x4C)
        # The UUIDs of the image that this one was made from, and of its parent; zeros without one.
        linked, parent = unpack("16s16s", self.ends.head, 0x1A8)
        is_difference = kind == _DIFFERENCING or any(linked) or any(parent)
        return Fact(("parent disk, of which it holds the differences",) if is_difference else (), HEADER)

    def walk(self, integrity: IntegrityCheck) -> Walk:
        map_at, data_at = unpack("<II", self.ends.head, 0x154)
        size_bytes, block_bytes, extra_bytes, count = unpack("<QIII", self.ends.head, 0x170)
        if count * 4 > _MAX_MAP_BYTES:
            raise Unknown(f"its block map has {count} entries, too many to check")
        integrity.require(map_at + count * 4, "its block map reaches")
        block_map = unpack_table("<I", (yield ByteRange(map_at, count * 4)))
        used = [(block, index) for index, block in enumerate(block_map) if block < _UNUSED]
        if used:
            block, index = max(used)
            # Of the guest's last block, the file may lack what lies behind the end of the disk.
            needed = max(0, min(block_bytes, size_bytes - index * block_bytes))
            # Each block is preceded by its extra data, which VirtualBox leaves empty.
            integrity.require(
                data_at + block * (extra_bytes + block_bytes) + extra_bytes + needed, "its last block reaches"
            )
