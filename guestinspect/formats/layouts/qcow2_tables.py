"""A qcow2's tables: do they, and the clusters that they point to, lie within the file?

All that is read is bounded by QEMU's limits, and each L2 table is read once. The furthest cluster of a table decides:
clusters do not overlap, so it is the only one that can lie across the end of the file.

Source: QEMU's docs/interop/qcow2.txt; limits from block/qcow2.h.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from guestinspect.formats.fields import unpack, unpack_table
from guestinspect.formats.integrity import AlreadyPassed, IntegrityCheck
from guestinspect.formats.table_walk import ByteRange, Walk
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

_OFFSET = 0x00FFFFFFFFFFFE00
_COMPRESSED = 1 << 62
_ZERO = 1
_HIGHEST = 1 << 63


@dataclass
class Tables:
    """The tables of one file.

    Args:
        needs: What is told how far they reach.
        cluster_bits: 2^this bytes are a cluster, and an L2 table.
        size_bytes: The virtual size.
        entry_bytes: 8, or 16 with subclusters (extended L2).
        data_inside: The clusters lie in this file, not in an external data file.
        refcount_bits: Width of a reference count.
    """

    integrity: IntegrityCheck
    cluster_bits: int
    size_bytes: int
    entry_bytes: int
    data_inside: bool
    refcount_bits: int
    _l2_seen: set[int] = field(default_factory=set)

    @property
    def _cluster(self) -> int:
        return 1 << self.cluster_bits

    @property
    def _guest_bytes_of_l2(self) -> int:
        return self._cluster // self.entry_bytes * self._cluster

    def refcounts(self, at: int, clusters: int) -> Walk:
        """The refcount table and its blocks; each block is written whole."""
        length = clusters * self._cluster
        if length > _MAX_REFCOUNTS_BYTES:
            self.integrity.add_damage(f"its refcount table of {length} bytes is larger than any")
            return
        self.integrity.require(at + length, f"its refcount table at byte {at} reaches")
        table = unpack_table(">Q", (yield ByteRange(at, length)))
        if last := max(table, default=0) & _OFFSET:
            self.integrity.require(
                last + self._cluster, f"its refcount table at byte {at} points to a block that reaches"
            )
        yield from self._last_used(table)

    def _last_used(self, table: array[int]) -> Walk:
        """The last cluster that is counted as used. Others may be leaked, so the file need not reach as far."""
        index = max((index for index, entry in enumerate(table) if entry & _OFFSET), default=None)
        if index is None:
            return
        try:
            block = yield ByteRange(table[index] & _OFFSET, self._cluster)
        except AlreadyPassed:
            return  # only a second opinion: nothing is lost without it
        used = -(-len(block.rstrip(b"\0")) * 8 // self.refcount_bits)
        if len(block) == self._cluster:
            self.integrity.set_used_end((index * self._cluster * 8 // self.refcount_bits + used) * self._cluster)

    def active(self, at: int, entries: int) -> Walk:
        """The tables that the guest's disk is in now."""
        if entries * self._guest_bytes_of_l2 < self.size_bytes:
            self.integrity.add_damage(f"its L1 table of {entries} entries is too small for its size")
        yield from self._l1(at, entries)

    def snapshots(self, at: int, count: int) -> Walk:
        """The tables of its internal snapshots."""
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
            yield from self._l1(l1_at, l1_entries)
            at += (length + 7) // 8 * 8

    def _l1(self, at: int, entries: int) -> Walk:
        if entries * 8 > _MAX_L1_BYTES:
            self.integrity.add_damage(f"its L1 table of {entries} entries is larger than any")
            return
        self.integrity.require(at + entries * 8, f"its L1 table at byte {at} reaches")
        l1 = unpack_table(">Q", (yield ByteRange(at, entries * 8)))
        # In the order of the file, so that a stream meets each table once.
        for l2_at, index in sorted((entry & _OFFSET, index) for index, entry in enumerate(l1) if entry & _OFFSET):
            if l2_at not in self._l2_seen:
                self._l2_seen.add(l2_at)
                yield from self._l2(l2_at, index * self._guest_bytes_of_l2, at)

    def _l2(self, at: int, guest_at: int, l1_at: int) -> Walk:
        if len(self._l2_seen) * self._cluster > _MAX_L2_BYTES:
            raise Unknown(f"its L2 tables are more than {_MAX_L2_BYTES // 1024**2} MiB, which takes too long")
        self.integrity.require(at + self._cluster, f"its L1 table at byte {l1_at} points to an L2 table that reaches")
        table = yield ByteRange(at, self._cluster)
        if self.data_inside:
            end = 0 if self._is_all_before(table) else max(self._ends(table, guest_at), default=0)
            self.integrity.require(end, f"its L2 table at byte {at} points to data that reaches")

    def _is_all_before(self, table: bytes) -> bool:
        """Whether all clusters of a table lie before what the file is known to need: true of nearly all tables.

        Asked of all entries at once, as lanes of one large number: 1 TiB takes a second instead of five.
        """
        bits = int.from_bytes(table, "big")
        compressed = (bits & self._every(_COMPRESSED, table)) >> 62
        lanes = (compressed << 64) - compressed
        plain = bits & self._every(_OFFSET, table)
        packed = bits & lanes & self._every(self._compressed_mask, table)
        end = self.integrity.end_byte
        # A compressed cluster counts at most twice a cluster's sectors.
        return self._none_above(end - self._cluster, plain ^ plain & lanes, table) and self._none_above(
            end - 2 * self._cluster, packed, table
        )

    def _none_above(self, limit: int, values: int, table: bytes) -> bool:
        """No lane borrows from its highest bit when its value is taken from the limit."""
        highest = self._every(_HIGHEST, table)
        return limit >= 0 and (self._every(limit | _HIGHEST, table) - values) & highest == highest

    def _every(self, mask: int, table: bytes) -> int:
        return _every(mask, len(table), self.entry_bytes)

    @property
    def _compressed_mask(self) -> int:
        return (1 << 62 - (self.cluster_bits - 8)) - 1

    def _ends(self, table: bytes, guest_at: int) -> Iterator[int]:
        """Where each cluster of a table ends, in bytes of the file."""
        words = unpack_table(">Q", table)
        step = self.entry_bytes // 8
        for index, entry in enumerate(words[::step]):
            if entry & _COMPRESSED:
                yield self._compressed_end(entry)
            elif entry & _OFFSET:
                seen = self.size_bytes - guest_at - index * self._cluster
                written = self._subclusters_end(words[index * step + 1]) if step > 1 else self._cluster_end(entry)
                if (needed := min(seen, written)) > 0:
                    yield (entry & _OFFSET) + needed

    def _compressed_end(self, entry: int) -> int:
        """Its last sector may lie behind the end of the file, but for the first byte: QEMU counts whole sectors."""
        mask = self._compressed_mask
        sectors = ((entry & ~(3 << 62)) >> mask.bit_length()) + 1
        return (entry & mask & ~511) + sectors * 512 - 511

    def _cluster_end(self, entry: int) -> int:
        """A cluster that is marked to read as zeros may be missing."""
        return 0 if entry & _ZERO else self._cluster

    def _subclusters_end(self, bitmap: int) -> int:
        """The end of the last subcluster that was written: the file may end there."""
        return (bitmap & 0xFFFFFFFF).bit_length() * (self._cluster // 32)


@lru_cache(maxsize=8)  # each is as long as a table: 2 MiB at most
def _every(mask: int, length: int, entry_bytes: int) -> int:
    """The same mask for all entries of a table."""
    return int.from_bytes(mask.to_bytes(8, "big").ljust(entry_bytes, b"\0") * (length // entry_bytes), "big")
