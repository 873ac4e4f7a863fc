"""VMDK, the format of VMware: one sparse file, or a text that describes a disk in several files.

Source: VMware's Virtual Disk Format 5.0 (technical note); QEMU's block/vmdk.c.
"""

from __future__ import annotations

from dataclasses import dataclass

from guestinspect.formats.file_ends import FileEnds, unpack, unpack_number, unpack_table
from guestinspect.formats.integrity import ByteRange, IntegrityCheck, Walk
from guestinspect.formats.layouts.layout import HEADER, Layout
from guestinspect.formats.layouts.vmdk_descriptor import MAX_BYTES, Descriptor
from guestinspect.model.fact import Fact, Unknown

MAGIC, ESX_MAGIC = b"KDMV", b"COWD"

_SECTOR_BYTES = 512
_AT_END = 2**64 - 1
"""GD_AT_END: the grain directory stands behind the grains, and a footer at the end of the file says where."""

# Bits of the header's flags.
_COMPRESSED = 1 << 16
_MARKERS = 1 << 17

_FOOTER_MARKER = 3
"""The type of the marker before the footer; the end-of-stream marker follows. Each has one sector."""

_MAX_DIRECTORY_BYTES = 32 * 1024**2
"""QEMU's limit (block/vmdk.c, "L1 size too big")."""

_MAX_TABLE_ENTRIES = 512
"""QEMU's limit of entries in a grain table."""

_MAX_TABLES_BYTES = 256 * 1024**2
"""Grain tables read in all: 4 TiB of disk at 64 KiB a grain, some seconds of work."""


@dataclass(frozen=True)
class SparseHeader:
    """The fields of a sparse header that are needed here, in the order of the file; a sector has 512 bytes.

    Args:
        flags: Among them ``_COMPRESSED`` and ``_MARKERS``.
        sectors: The virtual size (capacity).
        grain_sectors: The size of a grain (grainSize).
        descriptor_at: The byte of the embedded descriptor (descriptorOffset, given in sectors).
        descriptor_bytes: The room for it (descriptorSize, given in sectors).
        table_entries: Grains in one grain table (numGTEsPerGT).
        directory_sector: The sector of the grain directory (gdOffset).
        overhead_sectors: The size of all metadata before the first grain (overHead).
    """

    flags: int
    sectors: int
    grain_sectors: int
    descriptor_at: int
    descriptor_bytes: int
    table_entries: int
    directory_sector: int
    overhead_sectors: int

    @property
    def ends_with_footer(self) -> bool:
        """True for a streamOptimized file."""
        return self.directory_sector == _AT_END


def read_sparse_header(data: bytes) -> SparseHeader:
    """Return the fields of a header, or of a footer, which is a copy of it.

    Raises:
        TruncatedField: The data ends before them.
    """
    flags, sectors, grain, text_sector, text_sectors, entries, _redundant_directory, directory, overhead = unpack(
        "<IQQQQIQQQ", data, 8
    )
    text_bytes = min(text_sectors * _SECTOR_BYTES, MAX_BYTES)
    return SparseHeader(flags, sectors, grain, text_sector * _SECTOR_BYTES, text_bytes, entries, directory, overhead)


class DescribedVmdk(Layout):
    """A text that names the files with the contents of the disk (monolithicFlat, twoGbMaxExtent..., vmfs...)."""

    name = "vmdk"

    @property
    def _descriptor(self) -> Descriptor:
        head = self.ends.head
        if not head.startswith(MAGIC):
            return Descriptor(head[:MAX_BYTES])
        header = read_sparse_header(head)
        return Descriptor(head[header.descriptor_at :][: header.descriptor_bytes])

    def declared_size_bytes(self) -> Fact[int]:
        return Fact(sum(extent.sectors for extent in self._descriptor.extents) * _SECTOR_BYTES, "descriptor")

    def references(self) -> Fact[tuple[str, ...]]:
        return Fact((*self._descriptor.parents(), *self._descriptor.files()), "descriptor")


class EsxVmdk(Layout):
    """A COWD file: a redo log or an old sparse disk of ESX. Its directory is not walked: the format is out of use."""

    name = "vmdk"

    def declared_size_bytes(self) -> Fact[int]:
        return Fact(unpack_number("<I", self.ends.head, 12) * _SECTOR_BYTES, HEADER)


class SparseVmdk(Layout):
    """A hosted sparse extent (monolithicSparse, streamOptimized): header, descriptor, directory, tables, grains."""

    name = "vmdk"

    def declared_size_bytes(self) -> Fact[int]:
        return Fact(read_sparse_header(self.ends.head).sectors * _SECTOR_BYTES, HEADER)

    def references(self) -> Fact[tuple[str, ...]]:
        descriptor = self._descriptor
        return Fact((*descriptor.parents(), *descriptor.foreign_files()), "descriptor")

    @property
    def _descriptor(self) -> Descriptor:
        header = read_sparse_header(self.ends.head)
        return Descriptor(self.ends.head[header.descriptor_at :][: header.descriptor_bytes])

    def walk(self, integrity: IntegrityCheck) -> Walk:
        """Walk from the grain directory to the grain tables to the last grain."""
        header = read_sparse_header(self.ends.head)
        if header.ends_with_footer:  # the directory follows the grains; check_ends looks for the footer
            return
        if not 0 < header.table_entries <= _MAX_TABLE_ENTRIES or not header.grain_sectors:
            integrity.add_damage(f"its header declares grain tables of {header.table_entries} entries")
            return
        at = header.directory_sector * _SECTOR_BYTES
        tables = -(-header.sectors // (header.grain_sectors * header.table_entries))
        table_bytes = header.table_entries * 4
        if tables * 4 > _MAX_DIRECTORY_BYTES or tables * table_bytes > _MAX_TABLES_BYTES:
            raise Unknown(f"its directory has {tables} tables, too many to check")
        integrity.require(at + tables * 4, "its grain directory reaches")
        directory = unpack_table("<I", (yield ByteRange(at, tables * 4)))
        last_grain = 0
        for sector in sorted(set(directory) - {0}):  # 0: no grain of this table was ever written
            table_at = sector * _SECTOR_BYTES
            integrity.require(table_at + table_bytes, "its grain directory points to a table that reaches")
            table = unpack_table("<I", (yield ByteRange(table_at, table_bytes)))
            last_grain = max(last_grain, max(table, default=0))
        if not last_grain:
            return
        grain_at = last_grain * _SECTOR_BYTES
        if not header.flags & _COMPRESSED:
            # Only its first byte is needed: QEMU does not pad the last grain.
            integrity.require(grain_at + 1, "its tables point to a grain that reaches")
            return
        # A grain marker precedes the compressed data: the guest's sector (8 bytes), the length of the data (4 bytes).
        integrity.require(grain_at + 12, "its tables point to a compressed grain that reaches")
        marker = yield ByteRange(grain_at, 12)
        if header.flags & _MARKERS and len(marker) == 12:
            end = grain_at + 12 + unpack_number("<I", marker, 8)
            integrity.require(end, f"its last compressed grain at byte {grain_at} reaches")

    def check_ends(self, integrity: IntegrityCheck) -> None:
        super().check_ends(integrity)
        header = read_sparse_header(self.ends.head)
        integrity.require(header.overhead_sectors * _SECTOR_BYTES, "the metadata that its header declares reaches")
        if not self._descriptor.describes_a_disk:
            integrity.add_damage("it is one part of a disk in several files")
        if header.ends_with_footer:
            # The directory follows the grains, so the end of the file shows whether all of them are there: a marker,
            # the footer and the end-of-stream marker, one sector each. A marker's type is its third field.
            end = self.ends.tail[-3 * _SECTOR_BYTES :]
            is_whole = len(end) == 3 * _SECTOR_BYTES and end[_SECTOR_BYTES : _SECTOR_BYTES + 4] == MAGIC
            if not is_whole or unpack_number("<I", end, 12) != _FOOTER_MARKER:
                integrity.add_damage("it is truncated: its footer is missing from its end")


def open_layout(ends: FileEnds) -> Layout:
    """Return the layout for the kind of VMDK that the beginning of a file shows."""
    if ends.head.startswith(MAGIC) and any(ends.head[12:20]):
        return SparseVmdk(ends)
    # QEMU takes a sparse header with 0 sectors for the frame of a descriptor, and opens the files that this one names.
    return EsxVmdk(ends) if ends.head.startswith(ESX_MAGIC) else DescribedVmdk(ends)
