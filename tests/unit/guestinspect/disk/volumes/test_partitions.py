"""Partition tables: the partitions of a disk, and what on it can boot a guest."""

from __future__ import annotations

import struct
import sys
from pathlib import Path
from unittest import mock

from guestinspect.disk.tree import Unreadable
from guestinspect.disk.volumes.partitions import PartitionLayout, read_partitions
from tests import disks
from tests.unit.guestinspect.reading import MemoryBlocks, ReadingTest
from tests.volumes import BIOS_BOOT, EFI_SYSTEM, LINUX_ROOT, MIB, Part, gpt, mbr, partition_uuid


class TestPartitions(ReadingTest):
    def content(self, text: bytes) -> Path:
        """Write a file with the bytes of a partition."""
        path = self.made / text.decode()
        path.write_bytes(text.ljust(MIB, b"."))
        return path

    def test_the_partitions_of_a_gpt_are_found(self) -> None:
        root, efi = self.content(b"root"), self.content(b"efi")
        parts = [Part(root, LINUX_ROOT, "rootfs"), Part(None, BIOS_BOOT), Part(efi, EFI_SYSTEM)]
        disk = self.open(gpt(self.made / "disk", parts))

        layout, volumes = read_partitions(disk)

        self.assertEqual(PartitionLayout("gpt", bios_boot_partition=True, efi_system_partition=True), layout)
        self.assertEqual([LINUX_ROOT, BIOS_BOOT, EFI_SYSTEM], [part.kind for part in volumes])
        self.assertEqual(root.read_bytes(), volumes[0].readable_blocks().read_at(0, 2 * MIB))
        self.assertEqual((partition_uuid(3), "rootfs"), (volumes[2].uuid, volumes[0].label))
        self.assertIn("/dev/vda3", volumes[2].devices)

    def test_a_gpt_without_its_beginning_is_read_from_its_copy(self) -> None:
        blocks = MemoryBlocks(gpt(self.made / "disk", [Part(self.content(b"root"))]).read_bytes())
        blocks.write(0, bytes(64 * 512))

        layout, volumes = read_partitions(blocks)

        self.assertEqual(("gpt", 1), (layout.table, len(volumes)))

    def test_a_damaged_gpt_is_unreadable(self) -> None:
        blocks = MemoryBlocks(gpt(self.made / "disk", [Part(self.content(b"root"))]).read_bytes())
        blocks.write(1024, b"damaged")
        blocks.write(blocks.size_bytes - 33 * 512, b"damaged")

        self.assertRaises(Unreadable, read_partitions, blocks)

    def test_the_partitions_of_an_mbr_are_found(self) -> None:
        root = self.content(b"root")
        disk = self.open(mbr(self.made / "disk", [Part(root, 0x83), Part(None, 0x82)], boot_code=b"\xeb\x63GRUB"))

        layout, volumes = read_partitions(disk)

        self.assertEqual(PartitionLayout("mbr", boot_code=True, active_partition=True), layout)
        self.assertEqual(["0x83", "0x82"], [part.kind for part in volumes])
        self.assertEqual(
            ("1234abcd-01", root.read_bytes()), (volumes[0].uuid, volumes[0].readable_blocks().read_at(0, MIB))
        )

    def test_logical_partitions_of_an_mbr_are_found(self) -> None:
        blocks = MemoryBlocks(mbr(self.made / "disk", [Part(None, 0x83), Part(None, 5, size_mib=4)]).read_bytes())
        entry = struct.pack("<B3sB3sII", 0, b"", 0x83, b"", 2048, 2048).ljust(64, b"\0") + b"\x55\xaa"
        blocks.write(2 * MIB + 446, entry)
        blocks.write(3 * MIB, b"logical")

        _layout, volumes = read_partitions(blocks)

        self.assertEqual(["partition 1", "partition 5"], [part.name for part in volumes])
        self.assertEqual(b"logical", volumes[1].readable_blocks().read_at(0, 7))

    def test_a_disk_without_a_table_is_one_volume(self) -> None:
        disks.raw(self.made / "disk")

        layout, volumes = read_partitions(self.open(self.made / "disk"))

        self.assertEqual(("", ["the disk"]), (layout.table, [part.name for part in volumes]))

    def test_a_disk_without_a_table_needs_no_library(self) -> None:
        with mock.patch.dict(sys.modules, {"fs_explorer.partitions.mbr": None}):
            layout, _ = read_partitions(MemoryBlocks(bytes(MIB)))

        self.assertEqual(PartitionLayout(""), layout)

    def test_only_a_partition_beyond_the_end_is_unreadable(self) -> None:
        path = mbr(self.made / "disk", [Part(self.content(b"root"), 0x83), Part(None, 0x83, size_mib=4)])
        blocks = MemoryBlocks(path.read_bytes()[: 2 * MIB])

        _layout, volumes = read_partitions(blocks)

        self.assertEqual(b"root", volumes[0].readable_blocks().read_at(0, 4))
        self.assertRaises(Unreadable, volumes[1].readable_blocks)
