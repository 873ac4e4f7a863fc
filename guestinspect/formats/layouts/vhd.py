"""VHD (QEMU: vpc): fixed, dynamic and differencing.

Source: Virtual Hard Disk Image Format Specification, version 1.0 (Microsoft, 2006); QEMU's block/vpc.c.
"""

from __future__ import annotations

from dataclasses import dataclass

from guestinspect.formats.fields import quote, unpack, unpack_number, unpack_table
from guestinspect.formats.integrity import IntegrityCheck
from guestinspect.formats.layouts.layout import HEADER, Layout
from guestinspect.formats.table_walk import ByteRange, Walk
from guestinspect.model.fact import Fact, Unknown

COOKIE = b"conectix"
_FOOTER_BYTES = 512
_OLD_FOOTER_BYTES = 511
"""Virtual PC before 2004 wrote a footer of 511 bytes (specification, "Hard Disk Footer Format")."""

_FIXED, _DYNAMIC, _DIFFERENCING = 2, 3, 4
_KINDS = (_FIXED, _DYNAMIC, _DIFFERENCING)

_MAX_TABLE_BYTES = 64 * 1024**2
"""A disk has at most 2 TiB (32-bit sector numbers): 4 MiB of table at the usual 2 MiB a block, 64 MiB at 128 KiB."""

_UNUSED = 0xFFFFFFFF


@dataclass(frozen=True)
class Footer:
    """The fields of a footer that matter here."""

    kind: int
    size_bytes: int
    header_at: int


def read_footer(data: bytes) -> Footer | None:
    """The footer, or None if it is none: a chance ``conectix`` has no right checksum."""
    if len(data) < _OLD_FOOTER_BYTES or data[:8] != COOKIE:
        return None
    kind, said = unpack(">II", data, 60)
    if said != ~(sum(data) - sum(data[64:68])) & 0xFFFFFFFF or kind not in _KINDS:
        return None
    return _fields(data)


def read_fixed_footer(tail: bytes, file_bytes: int) -> Footer | None:
    """The footer of a fixed VHD, or None if the file is none: before it stands as much data as it says."""
    for length in (_FOOTER_BYTES, _OLD_FOOTER_BYTES):
        footer = read_footer(tail[-length:])
        if footer and footer.kind == _FIXED and footer.size_bytes + length == file_bytes:
            return footer
    return None


def _fields(data: bytes) -> Footer:
    header_at, size_bytes, kind = (
        unpack_number(">Q", data, 16),
        unpack_number(">Q", data, 48),
        unpack_number(">I", data, 60),
    )
    return Footer(kind, size_bytes, header_at)


class FixedVhd(Layout):
    """Raw data with a footer behind. Found by the footer, so nothing of it is lost."""

    name = "vhd"
    location = "footer in the last 512 bytes"

    def declared_size_bytes(self) -> Fact[int]:
        footer = read_fixed_footer(self.ends.tail, self.ends.size_bytes)
        if not footer:
            raise Unknown("its footer is gone")
        return Fact(footer.size_bytes, self.location)

    def references(self) -> Fact[tuple[str, ...]]:
        return Fact((), self.location)


class DynamicVhd(Layout):
    """A copy of the footer, a header, a table of blocks, blocks, the footer."""

    name = "vhd"

    def declared_size_bytes(self) -> Fact[int]:
        # Not the original size at byte 40, which oslo.utils takes: a disk that was resized has both.
        return Fact(_fields(self.ends.head).size_bytes, HEADER)

    def references(self) -> Fact[tuple[str, ...]]:
        footer = _fields(self.ends.head)
        if footer.kind != _DIFFERENCING:
            return Fact((), HEADER)
        # The header stands behind the footer's copy, in the head, or the parent has no name that we can see.
        name = self.ends.head[footer.header_at + 64 : footer.header_at + 64 + 512]
        text = name.decode("utf-16-be", errors="replace").split("\0")[0]
        return Fact((f"parent disk {quote(text)}",), f"header at byte {footer.header_at}")

    def walks(self, integrity: IntegrityCheck) -> tuple[Walk, ...]:
        return (self._blocks(integrity),)

    def _blocks(self, integrity: IntegrityCheck) -> Walk:
        footer = _fields(self.ends.head)
        integrity.require(footer.header_at + 1024, "its second header reaches")
        header = yield ByteRange(footer.header_at, 1024)
        if len(header) < 1024:
            return
        if header[:8] != b"cxsparse":
            integrity.add_damage(f"it has no header at byte {footer.header_at}, where its footer says one")
            return
        table_at, _version, count, block_bytes = unpack(">QIII", header, 16)
        if count * 4 > _MAX_TABLE_BYTES:
            raise Unknown(f"its table of blocks has {count} entries, more than any VHD needs")
        integrity.require(table_at + count * 4, "its table of blocks reaches")
        table = yield ByteRange(table_at, count * 4)
        self._reach_blocks(integrity, table, block_bytes)

    def _reach_blocks(self, integrity: IntegrityCheck, table: bytes, block_bytes: int) -> None:
        used = [sector for sector in unpack_table(">I", table) if sector != _UNUSED]
        if used:
            bitmap_bytes = -(-block_bytes // (512 * 8 * 512)) * 512
            # Behind the last block stands the footer, at least its old short form.
            end = max(used) * 512 + bitmap_bytes + block_bytes + _OLD_FOOTER_BYTES
            integrity.require(end, "its last block with the footer behind reaches")
