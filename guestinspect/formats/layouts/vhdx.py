"""VHDX, the format of Hyper-V.

Source: [MS-VHDX], Virtual Hard Disk v2 File Format (Microsoft Open Specifications).
"""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from guestinspect.formats.file_ends import unpack, unpack_number, unpack_table
from guestinspect.formats.integrity import ByteRange, IntegrityCheck, Walk
from guestinspect.formats.layouts.layout import Layout
from guestinspect.model.fact import Fact, Unknown

_REGIONS_AT = 192 * 1024
_MAX_ENTRIES = 2047
"""Of the region table and of the metadata table (sections 2.2.3.1 and 2.6.1.1)."""

# GUIDs of regions (section 2.2.3.2) and of metadata items (section 2.6.2).
_BLOCKS = UUID("2DC27766-F623-4200-9D64-115E9BFD4A08").bytes_le
_METADATA = UUID("8B7CA206-4790-4B9A-B8FE-575F050F886E").bytes_le
_FILE_PARAMETERS = UUID("CAA16737-FA36-4D43-B3B6-33F0AA44E76B").bytes_le
_VIRTUAL_SIZE = UUID("2FA54224-CD1B-4876-B211-5DBED83BF4B8").bytes_le
_SECTOR_BYTES = UUID("8141BF1D-A96F-4709-BA47-F233A8FAAB5F").bytes_le

_NAMES = {
    _BLOCKS: "block allocation table",
    _METADATA: "metadata region",
    _FILE_PARAMETERS: "File Parameters",
    _VIRTUAL_SIZE: "Virtual Disk Size",
    _SECTOR_BYTES: "Logical Sector Size",
}
"""The names of the regions and items, for messages."""

_HAS_PARENT = 1 << 1
"""A bit of the second field of the file parameters (section 2.6.2.1)."""

_MAX_TABLE_BYTES = 64 * 1024**2
"""The block allocation table: 64 TiB, the largest VHDX, at 8 MiB a block; 8 TiB at 1 MiB."""

_FULLY_PRESENT = 6
"""PAYLOAD_BLOCK_FULLY_PRESENT (section 2.5.1.1)."""


class Vhdx(Layout):
    """A fixed, dynamic or differencing VHDX.

    A region table leads to two regions: the metadata, and the block allocation table.
    """

    name = "vhdx"

    def declared_size_bytes(self) -> Fact[int]:
        at = self._find_item(_VIRTUAL_SIZE)
        return Fact(unpack_number("<Q", self.ends.head, at), f"metadata at byte {at}")

    def references(self) -> Fact[tuple[str, ...]]:
        at = self._find_item(_FILE_PARAMETERS)
        has_parent = unpack_number("<I", self.ends.head, at + 4) & _HAS_PARENT
        return Fact(("parent disk, of which it holds the differences",) if has_parent else (), f"metadata at byte {at}")

    def walk(self, integrity: IntegrityCheck) -> Walk:
        for _guid, at, length in self._regions():
            integrity.require(at + length, f"its region at byte {at} reaches")
        head = self.ends.head
        block_bytes = unpack_number("<I", head, self._find_item(_FILE_PARAMETERS))
        sector_bytes = unpack_number("<I", head, self._find_item(_SECTOR_BYTES))
        at, length = self._find_region(_BLOCKS)
        if length > _MAX_TABLE_BYTES or not 0 < block_bytes <= 256 * 1024**2:
            raise Unknown(f"its block allocation table has {length} bytes, for blocks of {block_bytes} bytes: too many")
        table = unpack_table("<Q", (yield ByteRange(at, length)))
        # An entry holds the state in its lowest 3 bits and, from bit 20 on, the offset in MiB (section 2.5.1).
        used = [
            (entry >> 20, index) for index, entry in enumerate(table) if entry & 7 == _FULLY_PRESENT and entry >> 20
        ]
        if used:
            block_mib, index = max(used)
            # The table interleaves: after the blocks of one chunk (2^23 sectors) comes the entry of their bitmap. What
            # counts the guest's blocks is the index without those entries (section 2.5).
            index -= index // (2**23 * sector_bytes // block_bytes + 1)
            needed = max(0, min(block_bytes, self.declared_size_bytes().value - index * block_bytes))
            integrity.require(
                block_mib * 1024**2 + needed, f"its block allocation table at byte {at} points to a block that reaches"
            )

    def _regions(self) -> Iterator[tuple[bytes, int, int]]:
        """The regions of the file: GUID, first byte, length in bytes."""
        signature, _checksum, count = unpack("<4sII", self.ends.head, _REGIONS_AT)
        if signature != b"regi" or count > _MAX_ENTRIES:
            raise Unknown(f"it has no region table at byte {_REGIONS_AT}")
        for index in range(count):
            guid, at, length, _required = unpack("<16sQII", self.ends.head, _REGIONS_AT + 16 + index * 32)
            yield guid, at, length

    def _find_region(self, wanted: bytes) -> tuple[int, int]:
        for guid, at, length in self._regions():
            if guid == wanted:
                return at, length
        raise Unknown(f"its region table lacks the {_NAMES[wanted]}")

    def _find_item(self, wanted: bytes) -> int:
        """Return the byte of the file at which a metadata item begins."""
        metadata_at, _length = self._find_region(_METADATA)
        signature, count = unpack("<8s2xH", self.ends.head, metadata_at)
        if signature != b"metadata" or count > _MAX_ENTRIES:
            raise Unknown(f"it has no metadata at byte {metadata_at}")
        for index in range(count):
            guid, offset = unpack("<16sI", self.ends.head, metadata_at + 32 + index * 32)
            if guid == wanted:
                return metadata_at + int(offset)
        raise Unknown(f"its metadata at byte {metadata_at} lacks the item {_NAMES[wanted]}")
