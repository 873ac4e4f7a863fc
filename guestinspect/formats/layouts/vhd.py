"""VHD (QEMU: vpc): fixed, dynamic and differencing.

Source: Virtual Hard Disk Image Format Specification, version 1.0 (Microsoft, 2006); QEMU's block/vpc.c.
"""

from __future__ import annotations

from dataclasses import dataclass

from guestinspect.formats.file_ends import quote, unpack, unpack_number, unpack_table
from guestinspect.formats.integrity import ByteRange, IntegrityCheck, Walk
from guestinspect.formats.layouts.layout import HEADER, Layout
from guestinspect.model.fact import Fact, Unknown

COOKIE = b"conectix"
_FOOTER_BYTES = 512
_OLD_FOOTER_BYTES = 511
"""Virtual PC before 2004 wrote a footer of 511 bytes (specification, "Hard Disk Footer Format")."""

_FIXED, _DIFFERENCING = 2, 4

_MAX_TABLE_BYTES = 64 * 1024**2
"""A disk has at most 2 TiB (32-bit sector numbers): 4 MiB of table at the usual 2 MiB a block, 64 MiB at 128 KiB."""

_UNUSED = 0xFFFFFFFF


@dataclass(frozen=True)
class Footer:
    """The fields of a footer that are needed here.

    Args:
        kind: 2 fixed, 3 dynamic, 4 differencing ("Disk Type").
        size_bytes: The virtual size ("Current Size").
        header_at: The byte of the dynamic disk header ("Data Offset").
    """

    kind: int
    size_bytes: int
    header_at: int

    @classmethod
    def unpack(cls, data: bytes) -> Footer:
        """Return the fields; raises TruncatedField if the data ends before them."""
        return cls(unpack_number(">I", data, 60), unpack_number(">Q", data, 48), unpack_number(">Q", data, 16))


def read_fixed_footer(tail: bytes, file_bytes: int) -> Footer | None:
    """Return the footer of a fixed VHD; None if the file is not one.

    The word ``conectix`` at the end of a raw disk proves nothing: the checksum, the kind of disk and the length of the
    data before the footer must be right, too.

    Args:
        tail: The last bytes of the file.
        file_bytes: Its size.
    """
    for length in (_FOOTER_BYTES, _OLD_FOOTER_BYTES):
        data = tail[-length:]
        if len(data) < length or data[:8] != COOKIE:
            continue
        # The checksum is the one's complement of the sum of all bytes but its own four.
        if unpack_number(">I", data, 64) == ~(sum(data) - sum(data[64:68])) & 0xFFFFFFFF:
            footer = Footer.unpack(data)
            if footer.kind == _FIXED and footer.size_bytes + length == file_bytes:
                return footer
    return None


class FixedVhd(Layout):
    """Raw data and a footer. Only an intact footer shows this format, so nothing at the end is missing."""

    name = "vhd"
    location = "footer in the last 512 bytes"

    def declared_size_bytes(self) -> Fact[int]:
        footer = read_fixed_footer(self.ends.tail, self.ends.size_bytes)
        if not footer:
            raise Unknown("its footer is missing")
        return Fact(footer.size_bytes, self.location)

    def references(self) -> Fact[tuple[str, ...]]:
        return Fact((), self.location)


class DynamicVhd(Layout):
    """A copy of the footer, a dynamic disk header, a block allocation table, blocks, the footer."""

    name = "vhd"

    def declared_size_bytes(self) -> Fact[int]:
        # Current Size, not Original Size at byte 40, which oslo.utils returns: they differ once a disk was resized.
        return Fact(Footer.unpack(self.ends.head).size_bytes, HEADER)

    def references(self) -> Fact[tuple[str, ...]]:
        footer = Footer.unpack(self.ends.head)
        if footer.kind != _DIFFERENCING:
            return Fact((), HEADER)
        # Parent Unicode Name, at byte 64 of the header. If the header lies behind the head, the name stays empty.
        name = self.ends.head[footer.header_at + 64 : footer.header_at + 64 + 512]
        text = name.decode("utf-16-be", errors="replace").split("\0")[0]
        return Fact((f"parent disk {quote(text)}",), f"header at byte {footer.header_at}")

    def walk(self, integrity: IntegrityCheck) -> Walk:
        footer = Footer.unpack(self.ends.head)
        integrity.require(footer.header_at + 1024, "its second header reaches")
        header = yield ByteRange(footer.header_at, 1024)
        if len(header) < 1024:
            return
        if header[:8] != b"cxsparse":
            integrity.add_damage(f"its footer refers to a header at byte {footer.header_at}, where there is none")
            return
        table_at, _version, count, block_bytes = unpack(">QIII", header, 16)
        if count * 4 > _MAX_TABLE_BYTES:
            raise Unknown(f"its block allocation table has {count} entries, more than any VHD needs")
        integrity.require(table_at + count * 4, "its block allocation table reaches")
        table = unpack_table(">I", (yield ByteRange(table_at, count * 4)))
        used = [sector for sector in table if sector != _UNUSED]
        if used:
            # A block begins with a bitmap of its sectors, one bit each, in whole sectors.
            bitmap_bytes = -(-block_bytes // (512 * 8 * 512)) * 512
            # The footer follows the last block, at least in its old short form.
            end = max(used) * 512 + bitmap_bytes + block_bytes + _OLD_FOOTER_BYTES
            integrity.require(end, "its last block and the footer reach")
