"""The logical volumes of LVM, and those of them that are readable."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from guestinspect.disk.blocks import read_exactly
from guestinspect.disk.tree import Unreadable
from guestinspect.disk.volumes.lvm import logical_volumes, read_physical_volume
from guestinspect.disk.volumes.lvm_text import parse
from tests.unit.guestinspect.reading import MemoryBlocks, ReadingTest
from tests.volumes import MIB, logical_volume, volume_group
from tests.volumes import physical_volume as made

PV_ID = "abcdefghijklmnopqrstuvwxyzABCDEF"


class TestLvm(ReadingTest):
    def make_physical(self, logical: str) -> Path:
        """Write a physical volume of 8 extents, each filled with its own number."""
        content = self.made / "extents"
        content.write_bytes(b"".join(bytes([number]) * MIB for number in range(8)))
        text = volume_group("vg-0", PV_ID, logical, extents=8)
        return made(self.made / "pv", text, pv_id=PV_ID, content=content, extents=8)

    def test_a_linear_volume_is_read_in_the_order_of_its_segments(self) -> None:
        path = self.make_physical(logical_volume("root", (0, 2, 5), (2, 1, 1)))

        physical = read_physical_volume(self.open(path))
        assert physical
        (root,) = logical_volumes([physical])

        self.assertEqual("vg-0/root", root.name)
        self.assertEqual({"/dev/mapper/vg--0-root", "/dev/vg-0/root"}, set(root.devices))
        self.assertEqual(
            b"\5\6\6\1", b"".join(root.readable_blocks().read_at(at, 1) for at in (0, MIB, 2 * MIB - 1, 2 * MIB))
        )
        self.assertEqual(b"\6\1", root.readable_blocks().read_at(2 * MIB - 1, 2))
        self.assertEqual(3 * MIB, len(read_exactly(root.readable_blocks(), 0, 3 * MIB)))

    def test_a_volume_of_another_type_is_named_and_unreadable(self) -> None:
        for kind in ("thin", "raid1", "cache", "snapshot"):
            with self.subTest(kind=kind):
                physical = read_physical_volume(
                    self.open(self.make_physical(logical_volume("root", (0, 2, 0), kind=kind)))
                )
                assert physical

                (root,) = logical_volumes([physical])

                unreadable = self.assertRaises(Unreadable, root.readable_blocks)
                self.assertIn(kind, unreadable.why)

    def test_a_volume_on_another_disk_is_unreadable(self) -> None:
        physical = read_physical_volume(
            self.open(self.make_physical(logical_volume("root", (0, 1, 0)).replace("pv0", "pv1")))
        )
        assert physical

        (root,) = logical_volumes([physical])

        self.assertIn("on another disk", self.assertRaises(Unreadable, root.readable_blocks).why)

    def test_a_damaged_description_is_unreadable(self) -> None:
        content = self.make_physical(logical_volume("root", (0, 1, 0))).read_bytes()
        for at in (512 + 40, 4096 + 30, 4096 + 512 + 20):
            with self.subTest(at=at):
                blocks = MemoryBlocks(content)
                blocks.write(at, b"\1\2\3")

                self.assertRaises(Unreadable, read_physical_volume, blocks)

    def test_another_partition_is_not_a_physical_volume(self) -> None:
        self.assertIsNone(read_physical_volume(MemoryBlocks(bytes(MIB))))

    @settings(max_examples=200, deadline=None)
    @given(st.text(alphabet='ab01 =[]{}",#\n\\-', max_size=80))
    def test_any_text_is_parsed_or_unreadable(self, text: str) -> None:
        try:
            parse(text)
        except Unreadable:
            return
