"""ploop, the format of Virtuozzo (QEMU: parallels).

Source: QEMU's docs/interop/parallels.txt; ``ploop1_image.h`` of ploop.
"""

from __future__ import annotations

from guestinspect.formats.file_ends import unpack_number
from guestinspect.formats.layouts.layout import HEADER, Layout
from guestinspect.model.fact import Fact

MAGIC_NUMBERS = (b"WithoutFreeSpace", b"WithouFreSpacExt")
"""Of version 1, and of version 2, which can be larger than 2 TiB."""

_SECTOR_BYTES = 512


class Ploop(Layout):
    """A ploop image; its tables are not walked."""

    name = "ploop"

    def declared_size_bytes(self) -> Fact[int]:
        # nb_sectors, at byte 36, has 64 bits; version 1 uses the lower 32 of them.
        field = "<Q" if self.ends.head.startswith(MAGIC_NUMBERS[1]) else "<I"
        return Fact(unpack_number(field, self.ends.head, 36) * _SECTOR_BYTES, HEADER)
