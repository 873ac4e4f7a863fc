"""Walks over the tables of a qcow2, to see whether the tables and all clusters lie within the file.

What is read is bounded by QEMU's limits, and each L2 table is read once. Of each table only the last cluster in the
file matters: clusters do not overlap, so no other cluster can lie across the end of the file.

Source: QEMU's docs/interop/qcow2.txt; limits from block/qcow2.h.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from guestinspect.formats.file_ends import unpack, unpack_table
from guestinspect.formats.integrity import AlreadyPassed, ByteRange, IntegrityCheck, Walk
from guestinspect.model.fact import Unknown

_MAX_L1_BYTES = 32 * 1024**2
"""QEMU's QCOW_MAX_L1_SIZE: 2 EiB of disk at 2 MiB a cluster, 128 GiB at 512 bytes."""

_MAX_REFCOUNTS_BYTES = 8 * 1024**2
"""QEMU's QCOW_MAX_REFTABLE_SIZE."""

_MAX_SNAPSHOTS = 65536
"""QEMU's QCOW_MAX_SNAPSHOTS."""

_MAX_SNAPSHOT_BYTES = 64 * 1024
"""One entry of the snapshot table: 40 bytes, extra data (1 KiB at most in QEMU) and two names of 16-bit length."""

_MAX_L2_BYTES = 1024**3
"""L2 tables read in all: 8 TiB of disk at 64 KiB a cluster, some 10 s of work. Nobody uploads more."""

# An entry of an L1, L2 or refcount table (qcow2.txt, "Cluster mapping").
_OFFSET = 0x00FFFFFFFFFFFE00
"""Bits 9 to 55: a byte of the file; 0: not allocated."""

_COMPRESSED = 1 << 62
_ZERO = 1
_HIGHEST = 1 << 63


@dataclass
class Tables:
    """The tables of one file.

    Args:
        integrity: Collects how far they reach.
        cluster_bits: A cluster, and an L2 table, has 2 to the power of this many bytes.
        size_bytes: The virtual size.
        entry_bytes: Of an L2 table: 8, or 16 with subclusters (extended L2).
        has_data: The clusters are in this file, not in an external data file.
        refcount_bits: The width of a reference count.
    """

    integrity: IntegrityCheck
    cluster_bits: int
    size_bytes: int
    entry_bytes: int
    has_data: bool
    refcount_bits: int
    _l2_tables: set[int] = field(default_factory=set)

    @property
    def _cluster(self) -> int:
        return 1 << self.cluster_bits

    @property
    def _guest_bytes_of_l2(self) -> int:
        return self._cluster // self.entry_bytes * self._cluster

    def walk_refcounts(self, at: int, clusters: int) -> Walk:
        """Walk over the refcount table and the last of its blocks. Each block is written whole."""
        length = clusters * self._cluster
        if length > _MAX_REFCOUNTS_BYTES:
            self.integrity.add_damage(f"its refcount table of {length} bytes exceeds QEMU's limit")
            return
        self.integrity.require(at + length, f"its refcount table at byte {at} reaches")
        table = unpack_table(">Q", (yield ByteRange(at, length)))
        if block_at := max(table, default=0) & _OFFSET:
            self.integrity.require(
                block_at + self._cluster, f"its refcount table at byte {at} points to a block that reaches"
            )
        index = max((index for index, entry in enumerate(table) if entry & _OFFSET), default=None)
        if index is None:
            return
        # The block with the highest index shows the last cluster that is counted as used. This one may be leaked, so
        # the file need not reach as far: it is only a second opinion, for a stream that has passed other tables.
        try:
            block = yield ByteRange(table[index] & _OFFSET, self._cluster)
        except AlreadyPassed:
            return
        used = -(-len(block.rstrip(b"\0")) * 8 // self.refcount_bits)
        if len(block) == self._cluster:
            self.integrity.set_used_end((index * self._cluster * 8 // self.refcount_bits + used) * self._cluster)

    def walk_active(self, at: int, entries: int) -> Walk:
        """Walk over the tables of the guest's current disk."""
        if entries * self._guest_bytes_of_l2 < self.size_bytes:
            self.integrity.add_damage(f"its L1 table of {entries} entries is too small for its size")
        yield from self._walk_l1(at, entries)

    def walk_snapshots(self, at: int, count: int) -> Walk:
        """Walk over the tables of the internal snapshots."""
        if count > _MAX_SNAPSHOTS:
            self.integrity.add_damage(f"its header declares {count} snapshots")
            return
        for _ in range(count):
            entry = yield ByteRange(at, _MAX_SNAPSHOT_BYTES)
            if len(entry) < 40:
                self.integrity.require(at + 40, "its table of snapshots reaches")
                return
            l1_at, l1_entries, id_bytes, name_bytes = unpack(">QIHH", entry)
            (extra_bytes,) = unpack(">I", entry, 36)
            length = 40 + extra_bytes + id_bytes + name_bytes
            self.integrity.require(at + length, "its table of snapshots reaches")
            yield from self._walk_l1(l1_at, l1_entries)
            at += (length + 7) // 8 * 8

    def _walk_l1(self, at: int, entries: int) -> Walk:
        if entries * 8 > _MAX_L1_BYTES:
            self.integrity.add_damage(f"its L1 table of {entries} entries exceeds QEMU's limit")
            return
        self.integrity.require(at + entries * 8, f"its L1 table at byte {at} reaches")
        l1 = unpack_table(">Q", (yield ByteRange(at, entries * 8)))
        # In the order of the file, so that a stream meets each table once.
        for l2_at, index in sorted((entry & _OFFSET, index) for index, entry in enumerate(l1) if entry & _OFFSET):
            if l2_at in self._l2_tables:  # of a snapshot: it shares most tables with the current disk
                continue
            self._l2_tables.add(l2_at)
            if len(self._l2_tables) * self._cluster > _MAX_L2_BYTES:
                raise Unknown(f"its L2 tables are larger than {_MAX_L2_BYTES // 1024**2} MiB, too many to check")
            self.integrity.require(
                l2_at + self._cluster, f"its L1 table at byte {at} points to an L2 table that reaches"
            )
            table = yield ByteRange(l2_at, self._cluster)
            if self.has_data and not self._is_within_known_end(table):
                end = max(self._ends_of_clusters(table, index * self._guest_bytes_of_l2), default=0)
                self.integrity.require(end, f"its L2 table at byte {l2_at} points to data that reaches")

    def _is_within_known_end(self, table: bytes) -> bool:
        """Return True if all clusters of an L2 table lie before the end that the file is known to need.

        This is true of nearly all tables, so it is computed for all entries at once: the table is one large number, and
        each entry a lane of 64 bits (128 with subclusters). 1 TiB of disk takes one second instead of five.
        """
        bits = int.from_bytes(table, "big")
        # One bit for each compressed entry, at the bottom of its lane; subtracting it from the bottom of the next lane
        # fills the lane with ones.
        compressed = (bits & self._mask(_COMPRESSED, table)) >> 62
        lanes = (compressed << 64) - compressed
        offsets = bits & self._mask(_OFFSET, table)
        compressed_offsets = bits & lanes & self._mask(self._compressed_offset_mask, table)
        end = self.integrity.end_byte
        # A compressed cluster occupies at most the sectors of two clusters.
        return self._no_lane_exceeds(end - self._cluster, offsets ^ offsets & lanes, table) and self._no_lane_exceeds(
            end - 2 * self._cluster, compressed_offsets, table
        )

    def _no_lane_exceeds(self, limit: int, values: int, table: bytes) -> bool:
        """Subtract all values from the limit at once: a value above it borrows from the highest bit of its lane."""
        highest = self._mask(_HIGHEST, table)
        return limit >= 0 and (self._mask(limit | _HIGHEST, table) - values) & highest == highest

    def _mask(self, mask: int, table: bytes) -> int:
        return _repeat_mask(mask, len(table), self.entry_bytes)

    @property
    def _compressed_offset_mask(self) -> int:
        """The lower x bits, x = 62 - (cluster_bits - 8) (qcow2.txt, "Compressed Clusters Descriptor")."""
        return (1 << 62 - (self.cluster_bits - 8)) - 1

    def _ends_of_clusters(self, table: bytes, guest_at: int) -> Iterator[int]:
        """The byte of the file at which each cluster of an L2 table ends.

        Args:
            table: Its bytes.
            guest_at: The byte of the disk that its first entry describes.
        """
        words = unpack_table(">Q", table)
        step = self.entry_bytes // 8
        for index, entry in enumerate(words[::step]):
            if entry & _COMPRESSED:
                # QEMU counts whole sectors, of which only the first byte of the last one must be in the file.
                mask = self._compressed_offset_mask
                sectors = ((entry & ~(3 << 62)) >> mask.bit_length()) + 1
                yield (entry & mask & ~511) + sectors * 512 - 511
            elif entry & _OFFSET:
                # What lies behind the end of the guest's disk may be missing from the last cluster.
                visible = self.size_bytes - guest_at - index * self._cluster
                if step > 1:
                    # The lower 32 bits of the bitmap: subclusters that were written. The file may end behind the last.
                    written = (words[index * step + 1] & 0xFFFFFFFF).bit_length() * (self._cluster // 32)
                else:
                    written = 0 if entry & _ZERO else self._cluster  # a cluster that reads as zeros may be missing
                if (needed := min(visible, written)) > 0:
                    yield (entry & _OFFSET) + needed


@lru_cache(maxsize=8)  # each is as long as a table: 2 MiB at most
def _repeat_mask(mask: int, length: int, entry_bytes: int) -> int:
    """Return a number with the same 64-bit mask in each entry of a table, and zeros in the bitmaps of subclusters."""
    return int.from_bytes(mask.to_bytes(8, "big").ljust(entry_bytes, b"\0") * (length // entry_bytes), "big")
