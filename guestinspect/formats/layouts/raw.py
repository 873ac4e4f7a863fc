"""Raw disks: the bytes that a guest sees, and nothing else."""

from __future__ import annotations

from guestinspect.formats.integrity import IntegrityCheck
from guestinspect.formats.layouts import gpt
from guestinspect.formats.layouts.layout import Layout
from guestinspect.model.fact import Fact


class Raw(Layout):
    """A raw disk, or an encrypted one (LUKS), for which Glance has no format of its own."""

    name = "raw"
    location = "no header of another format"

    def declared_size_bytes(self) -> Fact[int]:
        return Fact(self.ends.size_bytes, "size of the file")

    def check_ends(self, integrity: IntegrityCheck) -> None:
        end_byte = gpt.last_partition_end_byte(self.ends.head)
        integrity.require(end_byte, "a partition of its GPT reaches")
