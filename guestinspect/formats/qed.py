"""QED, which QEMU gave up and Glance never had: known only to be named and refused.

Source: QEMU's docs/interop/qed_spec.txt.
"""

from __future__ import annotations

from guestinspect.formats.fields import number, quoted, unpack
from guestinspect.formats.layout import HEADER, Layout
from guestinspect.model.fact import Fact

_BACKING_FILE = 1
_MAX_NAME_BYTES = 1023


class Qed(Layout):
    """A QED image; its tables are not walked."""

    name = "qed"

    def said_size_bytes(self) -> Fact[int]:
        return Fact(number("<Q", self.ends.head, 48), HEADER)

    def references(self) -> Fact[tuple[str, ...]]:
        if not number("<Q", self.ends.head, 16) & _BACKING_FILE:
            return Fact((), HEADER)
        at, length = unpack("<II", self.ends.head, 56)
        return Fact((f"backing file {quoted(self.ends.head[at:][: min(length, _MAX_NAME_BYTES)])}",), HEADER)
