"""QED, a format that QEMU abandoned and Glance never had: it is detected in order to be named and refused.

Source: QEMU's docs/interop/qed_spec.txt.
"""

from __future__ import annotations

from guestinspect.formats.file_ends import quote, unpack, unpack_number
from guestinspect.formats.layouts.layout import HEADER, Layout
from guestinspect.model.fact import Fact

_BACKING_FILE = 1
"""QED_F_BACKING_FILE, a bit of the features at byte 16."""

_MAX_NAME_BYTES = 1023


class Qed(Layout):
    """A QED image; its tables are not walked."""

    name = "qed"

    def declared_size_bytes(self) -> Fact[int]:
        return Fact(unpack_number("<Q", self.ends.head, 48), HEADER)

    def references(self) -> Fact[tuple[str, ...]]:
        if not unpack_number("<Q", self.ends.head, 16) & _BACKING_FILE:
            return Fact((), HEADER)
        at, length = unpack("<II", self.ends.head, 56)  # backing_filename_offset, backing_filename_size
        return Fact((f"backing file {quote(self.ends.head[at:][: min(length, _MAX_NAME_BYTES)])}",), HEADER)
