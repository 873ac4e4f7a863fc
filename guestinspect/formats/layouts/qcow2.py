"""qcow2: its header and what it refers to; ``qcow2_tables`` walks over its tables.

Source: QEMU's docs/interop/qcow2.txt; limits from QEMU's block/qcow2.c and qcow2.h.
"""

from __future__ import annotations

from dataclasses import dataclass

from guestinspect.formats.file_ends import quote, unpack
from guestinspect.formats.integrity import IntegrityCheck, Walk
from guestinspect.formats.layouts.layout import HEADER, Layout
from guestinspect.formats.layouts.qcow2_tables import Tables
from guestinspect.model.fact import Fact

_VERSIONS = (2, 3)
_CLUSTER_BITS = range(9, 22)
"""512 bytes to 2 MiB (QEMU's MIN_CLUSTER_BITS and MAX_CLUSTER_BITS)."""

_CORRUPT, _DATA_FILE, _EXTENDED_L2 = 1 << 1, 1 << 2, 1 << 4
_KNOWN_FEATURES = 0b11111
"""Dirty, corrupt, external data file, compression type, extended L2: QEMU opens nothing with another bit."""

_MAX_REFCOUNT_ORDER = 6
"""64 bits (qcow2.txt, refcount_order)."""

_MAX_NAME_BYTES = 1023
_DATA_FILE_NAME = 0x44415441
"""The type of the header extension with the name of the external data file."""


@dataclass(frozen=True)
class Header:
    """The fields of a header in the order of qcow2.txt, section "Header", after the magic number.

    "at" is a byte of the file. Version 2 ends before ``features``, and the defaults hold.
    """

    version: int
    backing_at: int
    backing_bytes: int
    cluster_bits: int
    size_bytes: int
    encryption: int
    l1_entries: int
    l1_at: int
    refcounts_at: int
    refcounts_clusters: int
    snapshots: int
    snapshots_at: int
    features: int = 0
    compatible_features: int = 0
    autoclear_features: int = 0
    refcount_order: int = 4
    length: int = 72

    def find_obstacle(self) -> str:
        """Return why QEMU would not open the file; empty if it would."""
        if self.version not in _VERSIONS:
            return f"its header declares version {self.version}"
        if self.cluster_bits not in _CLUSTER_BITS:
            return f"its header declares clusters of 2^{self.cluster_bits} bytes"
        if self.refcount_order > _MAX_REFCOUNT_ORDER:
            return f"its header declares reference counts of 2^{self.refcount_order} bits"
        if self.features & ~_KNOWN_FEATURES:
            return f"its header requires unknown features ({self.features & ~_KNOWN_FEATURES:#x})"
        if self.features & _CORRUPT:
            return "it is marked as corrupt by the program that wrote it"
        return ""

    def read_extension(self, head: bytes, kind: int) -> bytes:
        """Return the content of a header extension; empty if there is none.

        Extensions follow the header: type, length, content, padded to 8 bytes. Type 0 ends the list, and the end of the
        head bounds it.

        Args:
            head: The beginning of the file.
            kind: The type of the extension.
        """
        at = self.length
        while at + 8 <= len(head):
            extension, length = unpack(">II", head, at)
            if extension in (kind, 0):
                return head[at + 8 : at + 8 + length] if extension else b""
            at += 8 + (length + 7) // 8 * 8
        return b""


def read_header(head: bytes) -> Header:
    """Return the fields of the header.

    Raises:
        TruncatedField: The file ends before them.
    """
    fields = unpack(">IQIIQIIQQIIQ", head, 4)
    return Header(*fields, *unpack(">QQQII", head, 72)) if fields[0] >= 3 else Header(*fields)


class Qcow2(Layout):
    """A qcow2 image of version 2 or 3."""

    name = "qcow2"

    def declared_size_bytes(self) -> Fact[int]:
        return Fact(read_header(self.ends.head).size_bytes, HEADER)

    def references(self) -> Fact[tuple[str, ...]]:
        head, header = self.ends.head, read_header(self.ends.head)
        references = []
        if header.backing_at:
            name = head[header.backing_at :][: min(header.backing_bytes, _MAX_NAME_BYTES)]
            references.append(f"backing file {quote(name)}")
        if header.features & _DATA_FILE:
            name = header.read_extension(head, _DATA_FILE_NAME)
            references.append(f"data file {quote(name[:_MAX_NAME_BYTES])}")
        return Fact(tuple(references), HEADER)

    def walks(self, integrity: IntegrityCheck) -> tuple[Walk, ...]:
        header = read_header(self.ends.head)
        if obstacle := header.find_obstacle():
            integrity.add_damage(obstacle)
            return ()
        tables = Tables(
            integrity=integrity,
            cluster_bits=header.cluster_bits,
            size_bytes=header.size_bytes,
            entry_bytes=16 if header.features & _EXTENDED_L2 else 8,
            has_data=not header.features & _DATA_FILE,
            refcount_bits=1 << header.refcount_order,
        )
        return (
            tables.walk_refcounts(header.refcounts_at, header.refcounts_clusters),
            tables.walk_active(header.l1_at, header.l1_entries),
            tables.walk_snapshots(header.snapshots_at, header.snapshots),
        )
