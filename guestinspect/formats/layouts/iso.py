"""An ISO 9660 image, also a hybrid one with a partition table in its system area.

Source: ECMA-119, section 8.4 (primary volume descriptor).
"""

from __future__ import annotations

from guestinspect.formats.fields import unpack_number
from guestinspect.formats.integrity import IntegrityCheck
from guestinspect.formats.layouts.layout import Layout
from guestinspect.model.fact import Fact

_DESCRIPTOR_AT = 32 * 1024
_PRIMARY = 1

_PADDING_BYTES = 150 * 2048
"""Two seconds of run-out that mastering tools count in and copies from a drive lack: no loss (mkisofs(8), -pad)."""


class Iso(Layout):
    """An ISO image. A guest sees all of the file, as of a raw disk.

    The volume's own size is not the disk's: it leaves out an appended EFI partition, and where most of the files are
    UDF's (Windows) it covers a few kilobytes.
    """

    name = "iso"
    location = "volume descriptor at byte 32768"

    def declared_size_bytes(self) -> Fact[int]:
        return Fact(self.ends.size_bytes, "size of the file")

    def check_ends(self, integrity: IntegrityCheck) -> None:
        head = self.ends.head
        if unpack_number("B", head, _DESCRIPTOR_AT) == _PRIMARY:
            blocks = unpack_number("<I", head, _DESCRIPTOR_AT + 80)
            block_bytes = unpack_number("<H", head, _DESCRIPTOR_AT + 128)
            integrity.require(blocks * block_bytes - _PADDING_BYTES, "its volume descriptor says that its files reach")
