"""Read headers that were made to do harm: each fact is known or unknown, soon and in little memory."""

from __future__ import annotations

import random
import struct
import tracemalloc
from contextlib import suppress

import fixtures

from guestinspect.model.disk import Disk
from guestinspect.model.fact import Unknown
from tests import disks
from tests.unit.guestinspect.formats.disk_case import DiskTest

WRITERS = (
    *(disks.qcow2, disks.qcow2_with_backing_file, disks.vdi, disks.vhdx, disks.dynamic_vhd, disks.fixed_vhd),
    *(disks.vmdk_sparse, disks.vmdk_described, disks.qed, disks.iso, disks.isohybrid, disks.luks, disks.raw_with_gpt),
    *(disks.ploop, disks.kernel, disks.ramdisk, disks.ova),
)
EXTREMES = (0, 1, 2**15, 2**16 - 1, 2**31, 2**32 - 1, 2**63, 2**64 - 1)
HEADERS = {disks.vhdx: (192 * 1024, 1024**2), disks.iso: (32 * 1024,), disks.isohybrid: (32 * 1024,)}
MIB = 1024**2


class TestHostileDisks(DiskTest):
    """No disk may raise another error than ``Unknown``, or hang: a test is stopped after two minutes."""

    def setUp(self) -> None:
        super().setUp()
        self.useFixture(fixtures.Timeout(120, gentle=True))

    def ask_for_all_facts(self, disk: Disk) -> None:
        for fact in (
            disk.disk_format,
            disk.virtual_size_bytes,
            disk.archive_format,
            disk.content,
            disk.references,
            disk.damage,
        ):
            with suppress(Unknown):
                fact()

    def test_headers_that_were_changed_at_random(self) -> None:
        chance = random.Random(20)
        for write in WRITERS:
            write(self.path)
            data = self.path.read_bytes()
            for _ in range(30):
                start = chance.choice((0, *HEADERS.get(write, ())))
                self.ask_for_all_facts(self.read_bytes_as_file(_damaged_header(chance, data, start)))

    def test_headers_that_were_changed_arrive_by_standard_input(self) -> None:
        chance = random.Random(21)
        for write in WRITERS:
            write(self.path)
            data = self.path.read_bytes()
            for _ in range(6):
                self.path.write_bytes(_damaged_header(chance, data, 0))
                self.ask_for_all_facts(self.read_stream_head())
                self.ask_for_all_facts(self.read_stream())

    def test_headers_that_end_anywhere(self) -> None:
        chance = random.Random(22)
        for write in WRITERS:
            write(self.path)
            data = self.path.read_bytes()
            for _ in range(15):
                self.ask_for_all_facts(
                    self.read_bytes_as_file(data[: chance.choice((chance.randrange(700), chance.randrange(len(data))))])
                )

    def test_tables_as_large_as_a_header_can_say(self) -> None:
        wide = struct.pack(">I", 2**32 - 1)
        header = bytearray(disks.qcow2_header())
        header[36:40] = header[56:60] = header[60:64] = wide  # L1, refcounts, snapshots

        tracemalloc.start()
        self.addCleanup(tracemalloc.stop)
        disks.qcow2_with_header(self.path, bytes(header))
        self.ask_for_all_facts(self.read_file())

        self.assertLess(tracemalloc.get_traced_memory()[1], 32 * MIB)

    def test_metadata_as_far_away_as_a_header_can_say(self) -> None:
        disks.vhdx(self.path)
        data = bytearray(self.path.read_bytes())
        data[192 * 1024 + 64 : 192 * 1024 + 72] = b"\xff" * 8

        disk = self.read_bytes_as_file(bytes(data))

        self.assert_unknown(disk.virtual_size_bytes, "its header continues after byte 4194304")
        self.assertIn("it is truncated", "; ".join(disk.damage().value))

    def test_an_l1_table_whose_entries_are_all_the_same(self) -> None:
        header = disks.qcow2_header(virtual_size_bytes=2**40, l1_entries=2 * MIB // 8, l1_at=7 * disks.CLUSTER_BYTES)
        disks.qcow2_with_header(self.path, header)
        with self.path.open("ab") as file:
            file.write(struct.pack(">Q", 4 * disks.CLUSTER_BYTES) * (2 * MIB // 8))

        self.ask_for_all_facts(self.read_file())

    def test_a_description_that_makes_a_pattern_slow(self) -> None:
        title = b"# Disk DescriptorFile\n"
        for text in (b"\n" * MIB, b"RW 1" + b" " * MIB, b"parentCID  " * (MIB // 11), b"\nRW 5 x" * (MIB // 7)):
            self.ask_for_all_facts(self.read_bytes_as_file(title + text))


def _damaged_header(chance: random.Random, data: bytes, start: int) -> bytes:
    """A few fields of a header set to extremes; the magic at its beginning stays, mostly."""
    changed = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        width, order = chance.choice((1, 2, 4, 8)), chance.choice(("<", ">"))
        value = chance.choice((*EXTREMES, chance.getrandbits(64))) % (1 << 8 * width)
        at = start + chance.randrange(0 if chance.random() < 0.05 else 8, 520)
        field = struct.pack(order + {1: "B", 2: "H", 4: "I", 8: "Q"}[width], value)
        changed[at : at + width] = field
    return bytes(changed)
