"""VMDK, VMware's format: one sparse file, or a text that describes a disk in several files.

Source: VMware's Virtual Disk Format 5.0 (technical note); QEMU's block/vmdk.c.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

from guestinspect.formats.fields import unpack, unpack_number, unpack_table
from guestinspect.formats.file_ends import FileEnds
from guestinspect.formats.integrity import IntegrityCheck
from guestinspect.formats.layouts.layout import HEADER, Layout
from guestinspect.formats.layouts.vmdk_descriptor import MAX_BYTES, Descriptor
from guestinspect.formats.table_walk import ByteRange, Walk
from guestinspect.model.fact import Fact, Unknown

MAGIC, ESX_MAGIC = b"KDMV", b"COWD"

_SECTOR_BYTES = 512
_AT_END = 2**64 - 1
_COMPRESSED = 1 << 16
_MARKERS = 1 << 17
_FOOTER_MARKER = 3

_MAX_DIRECTORY_BYTES = 32 * 1024**2
"""QEMU's limit (block/vmdk.c, "L1 size too big")."""

_MAX_TABLE_ENTRIES = 512
"""QEMU's limit of entries in a grain table."""

_MAX_TABLES_BYTES = 256 * 1024**2
"""Grain tables read in all: 4 TiB of disk at 64 KiB a grain, some seconds of work."""


@dataclass(frozen=True)
class SparseHeader:
    """The fields of a sparse file's header that matter here; those in sectors are of 512 bytes."""

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
        return self.directory_sector == _AT_END


def read_sparse_header(data: bytes) -> SparseHeader:
    """The fields of a header, or of the footer that is a copy of it."""
    flags, sectors, grain, text_sector, text_sectors, entries, _spare, directory, overhead = unpack(
        "<IQQQQIQQQ", data, 8
    )
    text_bytes = min(text_sectors * _SECTOR_BYTES, MAX_BYTES)
    return SparseHeader(flags, sectors, grain, text_sector * _SECTOR_BYTES, text_bytes, entries, directory, overhead)


class DescribedVmdk(Layout):
    """A text that names the files with the disk's contents (monolithicFlat, twoGbMaxExtent..., vmfs...)."""

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
    """One file of ESX's redo logs and old sparse disks. Its directory is not walked: nobody makes them any more."""

    name = "vmdk"

    def declared_size_bytes(self) -> Fact[int]:
        return Fact(unpack_number("<I", self.ends.head, 12) * _SECTOR_BYTES, HEADER)


class SparseVmdk(Layout):
    """A hosted sparse extent (monolithicSparse, streamOptimized): header, description, directory, tables, grains."""

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

    def walks(self, integrity: IntegrityCheck) -> tuple[Walk, ...]:
        header = read_sparse_header(self.ends.head)
        return () if header.ends_with_footer else (self._grains(integrity, header),)

    def check_ends(self, integrity: IntegrityCheck) -> None:
        super().check_ends(integrity)
        header = read_sparse_header(self.ends.head)
        integrity.require(header.overhead_sectors * _SECTOR_BYTES, "the metadata that its header declares reaches")
        if not self._descriptor.describes_a_disk:
            integrity.add_damage("it is one part of a disk in several files")
        if header.ends_with_footer:
            self._judge_footer(integrity)

    def _judge_footer(self, integrity: IntegrityCheck) -> None:
        """Its directory is behind the grains: then the end of the file shows whether all is there."""
        if len(self.ends.tail) < 1536:
            integrity.add_damage("it is truncated: its footer is missing from its end")
            return
        marker, _pad = unpack("<I496s", self.ends.tail[-1536:], 12)
        if marker != _FOOTER_MARKER or self.ends.tail[-1024:-1020] != MAGIC:
            integrity.add_damage("it is truncated: its footer is missing from its end")

    def _grains(self, integrity: IntegrityCheck, header: SparseHeader) -> Walk:
        if not 0 < header.table_entries <= _MAX_TABLE_ENTRIES or not header.grain_sectors:
            integrity.add_damage(f"its header declares grain tables of {header.table_entries} entries")
            return
        at = header.directory_sector * _SECTOR_BYTES
        tables = -(-header.sectors // (header.grain_sectors * header.table_entries))
        if tables * 4 > _MAX_DIRECTORY_BYTES or tables * header.table_entries * 4 > _MAX_TABLES_BYTES:
            raise Unknown(f"its directory has {tables} tables, which takes too long")
        integrity.require(at + tables * 4, "its grain directory reaches")
        directory = unpack_table("<I", (yield ByteRange(at, tables * 4)))
        furthest = 0
        for sector in sorted(set(directory) - {0}):
            table = yield from self._table(integrity, sector * _SECTOR_BYTES, header.table_entries * 4)
            furthest = max(furthest, table)
        if furthest:
            yield from self._grain(integrity, furthest * _SECTOR_BYTES, header)

    def _table(self, integrity: IntegrityCheck, at: int, length: int) -> Generator[ByteRange, bytes, int]:
        integrity.require(at + length, "its grain directory points to a table that reaches")
        return max(unpack_table("<I", (yield ByteRange(at, length))), default=0)

    def _grain(self, integrity: IntegrityCheck, at: int, header: SparseHeader) -> Walk:
        """The furthest grain. Of one that is not compressed only the beginning must be there: QEMU writes no more."""
        if not header.flags & _COMPRESSED:
            integrity.require(at + 1, "its tables point to a grain that reaches")
            return
        integrity.require(at + 12, "its tables point to a compressed grain that reaches")
        marker = yield ByteRange(at, 12)
        if header.flags & _MARKERS and len(marker) == 12:
            integrity.require(
                at + 12 + unpack_number("<I", marker, 8), f"its last compressed grain at byte {at} reaches"
            )


def open_layout(ends: FileEnds) -> Layout:
    """Return the layout for the kind of VMDK that the beginning of a file shows."""
    if ends.head.startswith(MAGIC) and any(ends.head[12:20]):
        return SparseVmdk(ends)
    # QEMU takes a sparse header with 0 sectors for the frame of a descriptor, and opens the files that this one names.
    return EsxVmdk(ends) if ends.head.startswith(ESX_MAGIC) else DescribedVmdk(ends)
