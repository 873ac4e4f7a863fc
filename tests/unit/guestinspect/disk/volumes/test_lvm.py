"""The logical volumes of LVM, and those of them that are readable."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from guestinspect.disk.blocks import Blocks, read_exactly
from guestinspect.disk.tree import Unreadable
from guestinspect.disk.volumes.lvm import PhysicalVolume, logical_volumes, read_physical_volume
from guestinspect.disk.volumes.lvm_text import parse
from guestinspect.disk.volumes.volume import Volume
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

    def logical_volumes(self, blocks: Blocks) -> tuple[Volume, ...]:
        """Return the logical volumes on a single physical volume."""
        physical = read_physical_volume(Volume("partition 1", blocks))
        assert physical
        return logical_volumes([physical])

    def test_a_linear_volume_is_read_in_the_order_of_its_segments(self) -> None:
        path = self.make_physical(logical_volume("root", (0, 2, 5), (2, 1, 1)))

        (root,) = self.logical_volumes(self.open(path))

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
                path = self.make_physical(logical_volume("root", (0, 2, 0), kind=kind))

                (root,) = self.logical_volumes(self.open(path))

                unreadable = self.assertRaises(Unreadable, root.readable_blocks)
                self.assertIn(kind, unreadable.why)

    def test_a_volume_on_another_disk_is_unreadable(self) -> None:
        path = self.make_physical(logical_volume("root", (0, 1, 0)).replace("pv0", "pv1"))

        (root,) = self.logical_volumes(self.open(path))

        self.assertIn("on another disk ('pv1')", self.assertRaises(Unreadable, root.readable_blocks).why)

    def test_a_damaged_physical_volume_is_unreadable_for_a_reason_with_its_place(self) -> None:
        content = self.make_physical(logical_volume("root", (0, 1, 0))).read_bytes()
        for at, why in (
            (512 + 40, "the checksum of its LVM label in sector 1 is wrong"),
            (4096 + 30, "the header of its LVM metadata area at byte 4096 is damaged"),
            (4096 + 512 + 20, "the checksum of the text in its LVM metadata area at byte 4096 is wrong"),
        ):
            with self.subTest(at=at):
                blocks = MemoryBlocks(content)
                blocks.write(at, b"\1\2\3")

                unreadable = self.assertRaises(Unreadable, read_physical_volume, Volume("partition 1", blocks))

                self.assertEqual(f"partition 1 could not be read: {why}", unreadable.why)

    def test_a_group_whose_text_is_wrong_is_unreadable_for_a_reason_with_its_place(self) -> None:
        for old, new, why in (
            ("extent_size = 2048", "extent_size = all", "in section 'vg-0', extent_size is not a valid number"),
            ("pe_start", "start", "in section 'vg-0/physical_volumes/pv0', pe_start is not a valid number"),
            (
                "logical_volumes {",
                "logical_volumes = 1\nothers {",
                "in section 'vg-0', 'logical_volumes' is not a section",
            ),
            ("logical_volumes {", "logical_volumes :", "'logical_volumes' is followed by ':' instead of a value"),
            ("extent_size = 2048", "a {" * 9, "its sections are nested more than 8 deep"),
        ):
            with self.subTest(new=new):
                text = volume_group("vg-0", PV_ID, logical_volume("root", (0, 1, 0)), extents=8)
                self.assertIn(old, text)
                physical = PhysicalVolume("partition 1", PV_ID, MemoryBlocks(bytes(MIB)), text.replace(old, new))

                unreadable = self.assertRaises(Unreadable, logical_volumes, [physical])

                self.assertEqual(f"the LVM metadata on partition 1 could not be read: {why}", unreadable.why)

    def test_a_volume_whose_segments_are_wrong_is_unreadable_for_a_reason_with_its_place(self) -> None:
        for old, new, why in (
            ("segment_count = 1", "segment_count = 0", "vg-0/root could not be read: it has 0 segments"),
            ("start_extent = 0", "start_extent = 7", "vg-0/root could not be read: its segment 1 begins at extent 7"),
            ("extent_count", "extents", "in section 'vg-0/logical_volumes/root/segment1', extent_count is not"),
        ):
            with self.subTest(new=new):
                text = logical_volume("root", (0, 1, 0))
                self.assertIn(old, text)

                (root,) = self.logical_volumes(self.open(self.make_physical(text.replace(old, new))))

                self.assertIn(why, self.assertRaises(Unreadable, root.readable_blocks).why)

    def test_another_partition_is_not_a_physical_volume(self) -> None:
        self.assertIsNone(read_physical_volume(Volume("partition 1", MemoryBlocks(bytes(MIB)))))

    @settings(max_examples=200, deadline=None)
    @given(st.text(alphabet='ab01 =[]{}",#\n\\-', max_size=80))
    def test_any_text_is_parsed_or_unreadable(self, text: str) -> None:
        try:
            parse(text, "partition 1")
        except Unreadable:
            return
