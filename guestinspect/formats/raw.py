"""A raw disk: the guest's bytes, and nothing else."""

from __future__ import annotations

from guestinspect.formats import gpt
from guestinspect.formats.layout import Layout
from guestinspect.formats.needs import Needs
from guestinspect.model.fact import Fact


class Raw(Layout):
    """A raw disk, also an encrypted one (LUKS), which Glance has no format of its own for."""

    name = "raw"
    location = "no other format's header"

    def said_size_bytes(self) -> Fact[int]:
        return Fact(self.ends.size_bytes, "size of the file")

    def judge_ends(self, needs: Needs) -> None:
        end_byte = gpt.last_partition_end_byte(self.ends.head)
        needs.reach(end_byte, "its GPT has a partition that reaches")
