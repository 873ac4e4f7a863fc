"""ISO 9660 images, including hybrid ones with a partition table in their system area.

Source: ECMA-119, section 8.4 (primary volume descriptor).
"""

from __future__ import annotations

from guestinspect.formats.file_ends import unpack_number
from guestinspect.formats.integrity import IntegrityCheck
from guestinspect.formats.layouts.layout import Layout
from guestinspect.model.fact import Fact

_DESCRIPTOR_AT = 32 * 1024
_PRIMARY = 1

_PADDING_BYTES = 150 * 2048
"""Mastering tools count two seconds of run-out as part of the volume; a copy from a drive may lack it without any loss.
Source: mkisofs(8), -pad."""


class Iso(Layout):
    """An ISO image. A guest sees the whole file, as with a raw disk.

    The size in the volume descriptor is not that of the disk: it excludes an appended EFI partition, and where UDF
    holds most of the files (Windows) it covers only a few kilobytes.
    """

    name = "iso"
    location = "volume descriptor at byte 32768"

    def declared_size_bytes(self) -> Fact[int]:
        return Fact(self.ends.size_bytes, "size of the file")

    def check_ends(self, integrity: IntegrityCheck) -> None:
        head = self.ends.head
        if unpack_number("B", head, _DESCRIPTOR_AT) == _PRIMARY:
            # Volume Space Size and Logical Block Size are stored in both byte orders, little-endian first.
            blocks = unpack_number("<I", head, _DESCRIPTOR_AT + 80)
            block_bytes = unpack_number("<H", head, _DESCRIPTOR_AT + 128)
            integrity.require(blocks * block_bytes - _PADDING_BYTES, "the volume that its descriptor declares reaches")
