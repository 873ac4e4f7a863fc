"""The content of disks of every format. No other file is opened."""

from __future__ import annotations

import random
import struct
import sys
from collections.abc import Callable
from pathlib import Path
from unittest import mock

from guestinspect.disk.blocks import CachedBlocks, read_exactly
from guestinspect.disk.container import open_container
from guestinspect.disk.tree import Unreadable
from tests import disks
from tests.unit.guestinspect.reading import MemoryBlocks, ReadingTest
from tests.volumes import MIB, run

QCOW2 = (
    *("cluster_size=4k", "cluster_size=64k", "cluster_size=2M", "compat=0.10", "compat=0.10,cluster_size=4k"),
    *("extended_l2=on", "extended_l2=on,cluster_size=16k", "preallocation=metadata"),
)
COMPRESSED = ("compat=0.10", "cluster_size=4k", "compression_type=zstd", "cluster_size=2M", "extended_l2=on")
OTHERS = {
    "vmdk": ("monolithicSparse", "streamOptimized"),
    "vdi": ("off", "on"),
    "vpc": ("dynamic", "fixed"),
    "vhdx": ("dynamic", "fixed"),
}
OPTION = {"vmdk": "subformat", "vdi": "static", "vpc": "subformat", "vhdx": "subformat"}
NAMES = {"vpc": "vhd"}


class TestQemu(ReadingTest):
    def setUp(self) -> None:
        super().setUp()
        noise = random.Random(7)
        self.content = noise.randbytes(MIB) + bytes(MIB) + b"text " * 200_000 + noise.randbytes(MIB + 512)
        self.content = self.content.ljust(-(-len(self.content) // MIB) * MIB, b"\0")
        self.source = self.made / "source.raw"
        self.source.write_bytes(self.content)

    def converted(self, to: str, *options: str) -> Path:
        """Return the source, converted to another format."""
        path = self.made / f"disk.{to}"
        path.unlink(missing_ok=True)
        run("qemu-img", "convert", "-f", "raw", "-O", to, *options, self.source, path)
        return path

    def assertHolds(self, path: Path, disk_format: str) -> None:
        for declared in (disk_format, None):
            detected, blocks = open_container(CachedBlocks(self.open(path)), declared)

            self.assertEqual(disk_format, detected)
            self.assertLessEqual(len(self.content), blocks.size_bytes)
            noise = random.Random(3)
            for _ in range(20):
                at, length = noise.randrange(len(self.content)), noise.randrange(300_000)
                self.assertEqual(
                    self.content[at : at + length].ljust(min(length, blocks.size_bytes - at), b"\0"),
                    blocks.read_at(at, length),
                )

    def test_a_qcow2_of_any_kind_is_read(self) -> None:
        for options in QCOW2:
            with self.subTest(options):
                self.assertHolds(self.converted("qcow2", "-o", options), "qcow2")

    def test_a_compressed_qcow2_is_read(self) -> None:
        for options in COMPRESSED:
            with self.subTest(options):
                self.assertHolds(self.converted("qcow2", "-c", "-o", options), "qcow2")

    def test_the_current_content_of_a_qcow2_with_a_snapshot_is_read(self) -> None:
        path = self.converted("qcow2")
        run("qemu-img", "snapshot", "-c", "before", path)
        run("qemu-io", "-c", "write -P 0x41 65536 4096", path)
        self.content = self.content[:65536] + b"A" * 4096 + self.content[65536 + 4096 :]

        self.assertHolds(path, "qcow2")

    def test_every_other_format_is_read(self) -> None:
        for disk_format, kinds in OTHERS.items():
            with self.subTest(disk_format=disk_format, kinds=kinds):
                for kind in kinds:
                    with self.subTest(disk_format, kind=kind):
                        path = self.converted(disk_format, "-o", f"{OPTION[disk_format]}={kind}")

                        self.assertHolds(path, NAMES.get(disk_format, disk_format))

    def test_a_qcow2_that_is_declared_raw_is_read_as_raw(self) -> None:
        path = self.converted("qcow2")

        detected, blocks = open_container(self.open(path), "raw")

        self.assertEqual(("raw", b"QFI\xfb"), (detected, blocks.read_at(0, 4)))

    def test_a_truncated_disk_is_unreadable(self) -> None:
        content = self.converted("qcow2").read_bytes()
        _format, blocks = open_container(MemoryBlocks(content[: len(content) // 2]))

        self.assertRaises(Unreadable, read_exactly, blocks, 0, len(self.content))


class TestRefused(ReadingTest):
    def assertUnreadable(self, write: Callable[[Path], object], why: str, disk_format: str | None = None) -> None:
        path = self.made / "disk"
        write(path)

        unreadable = self.assertRaises(Unreadable, open_container, self.open(path), disk_format)

        self.assertIn(why, unreadable.why)

    def test_no_other_file_is_opened(self) -> None:
        secret = self.made / "base.qcow2"
        secret.write_bytes(b"secret" * 1000)
        name = str(secret).encode()
        with mock.patch("builtins.open", side_effect=AssertionError("opened")):
            for write, why in (
                (lambda path: disks.qcow2_with_backing_file(path, name), "needs a backing file"),
                (lambda path: disks.qcow2(path, features=4), "in another file"),
                (disks.vmdk_described, "not found"),
                (lambda path: disks.vmdk_described(path, f'RW 8 FLAT "{secret}" 0'), "not found"),
                (lambda path: disks.dynamic_vhd(path, kind=4, parent=str(secret)), "not found"),
                (lambda path: disks.vhdx(path, flags=2), ""),
            ):
                with self.subTest(write=write, why=why):
                    self.assertUnreadable(write, why)

    def test_a_disk_with_an_unknown_feature_is_unreadable(self) -> None:
        self.assertUnreadable(lambda path: disks.qcow2(path, features=1 << 40), "unknown incompatible features")

    def test_an_unsupported_format_is_named(self) -> None:
        self.assertUnreadable(disks.qed, "qed")
        self.assertUnreadable(disks.raw, "ploop", "ploop")

    def test_a_table_that_exceeds_the_limit_is_not_read(self) -> None:
        header = disks.qcow2_header(cluster_bits=9, virtual_size_bytes=2**40, l1_entries=2**25, l1_at=65536)
        blocks = MemoryBlocks(header.ljust(65536, b"\0"))
        blocks.size_bytes = 2**40

        unreadable = self.assertRaises(Unreadable, open_container, blocks)

        self.assertIn("at most 8388608 are read", unreadable.why)

    def test_the_message_about_a_missing_library_says_how_to_install_it(self) -> None:
        hidden = {name: None for name in sys.modules if name.startswith("fs_explorer")}
        with mock.patch.dict(sys.modules, hidden | {"fs_explorer": None}):
            self.assertUnreadable(disks.qcow2, "pip install fs-explorer")

    def test_a_damaged_disk_raises_only_unreadable(self) -> None:
        noise = random.Random(5)
        for write in (disks.qcow2, disks.vmdk_sparse, disks.vdi, disks.dynamic_vhd, disks.vhdx, disks.fixed_vhd):
            write(path := self.made / "disk")
            for _ in range(50):
                blocks = MemoryBlocks(path.read_bytes())
                for _ in range(4):
                    blocks.write(noise.randrange(min(4096, blocks.size_bytes)), noise.randbytes(4))
                try:
                    _format, content = open_container(blocks)
                    content.read_at(0, MIB)
                except Unreadable:
                    continue

    def test_an_inconsistent_vhd_is_unreadable(self) -> None:
        self.assertUnreadable(lambda path: path.write_bytes(struct.pack(">8sII", b"conectix", 2, 0) * 40), "", "vhd")
