"""Disks that QEMU writes: all are whole, with the format and size that QEMU reports; truncated ones are damaged."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
from pathlib import Path
from unittest import skipUnless

from tests.unit.guestinspect.formats.disk_case import DiskTest

QEMU_IMG = shutil.which("qemu-img")
MIB = 1024**2

QCOW2 = (
    *("cluster_size=4k", "cluster_size=64k", "cluster_size=2M", "compat=0.10", "lazy_refcounts=on", "refcount_bits=1"),
    *("preallocation=metadata", "preallocation=falloc", "preallocation=full", "extended_l2=on"),
    *("extended_l2=on,cluster_size=16k,preallocation=metadata", "cluster_size=4k,compat=0.10"),
)
COMPRESSED = ("compression_type=zlib", "compression_type=zstd,cluster_size=4k", "cluster_size=2M", "extended_l2=on")
OTHERS = (
    *("vmdk:subformat=monolithicSparse", "vmdk:subformat=streamOptimized", "vdi:static=off", "vdi:static=on"),
    *("vpc:subformat=dynamic", "vpc:subformat=dynamic,force_size=on", "vhdx:subformat=dynamic", "vhdx:subformat=fixed"),
    *("vhdx:block_size=1M", "qed:cluster_size=64k"),
)
NAMES = {"vpc": "vhd"}


@skipUnless(QEMU_IMG, "needs qemu-img")
class QemuTest(DiskTest):
    """A test with a source of 3 MiB and a sector: random data at both ends, a hole in the middle."""

    def setUp(self) -> None:
        super().setUp()
        self.source = self.path.with_name("source")
        noise = random.Random(7)
        self.source.write_bytes(noise.randbytes(MIB) + bytes(MIB) + noise.randbytes(MIB + 512))

    def qemu_img(self, *words: str | Path) -> str:
        return subprocess.run([str(QEMU_IMG), *words], check=True, capture_output=True, text=True).stdout

    def convert(self, kind: str, options: str, *more: str) -> None:
        self.path.unlink(missing_ok=True)
        try:
            self.qemu_img("convert", *more, "-f", "raw", "-O", kind, "-o", options, self.source, self.path)
        except subprocess.CalledProcessError as old:
            self.skipTest(f"this qemu-img cannot make {kind} with {options}: {old.stderr}")

    def assert_agrees_with_qemu(self, kind: str) -> None:
        expected = json.loads(self.qemu_img("info", "--output=json", "-f", kind, self.path))
        for disk in (self.read_file(), self.read_stream()):
            self.assertEqual(NAMES.get(kind, kind), disk.disk_format().value)
            self.assertEqual(expected["virtual-size"], disk.virtual_size_bytes().value)
            self.assertEqual((), disk.references().value)
            self.assertIsNone(disk.archive_format().value)
        self.assert_whole()


class TestQcow2OfQemu(QemuTest):
    def test_a_disk_of_every_subformat_is_whole(self) -> None:
        for options in QCOW2:
            with self.subTest(options=options):
                self.convert("qcow2", options)

                self.assert_agrees_with_qemu("qcow2")

    def test_a_compressed_disk_is_whole(self) -> None:
        for options in COMPRESSED:
            with self.subTest(options=options):
                self.convert("qcow2", options, "-c")

                self.assert_agrees_with_qemu("qcow2")

    def test_a_new_disk_is_whole(self) -> None:
        for size in ("512", "1M", "10486272", "40G", "3T"):
            with self.subTest(size=size):
                self.qemu_img("create", "-f", "qcow2", self.path, size)

                self.assert_agrees_with_qemu("qcow2")

    def test_a_disk_that_was_enlarged_is_whole(self) -> None:
        self.convert("qcow2", "cluster_size=64k")
        self.qemu_img("resize", self.path, "20G")

        self.assert_agrees_with_qemu("qcow2")

    def test_a_disk_that_was_made_smaller_is_whole(self) -> None:
        self.convert("qcow2", "cluster_size=64k")
        self.qemu_img("resize", "--shrink", self.path, "1M")

        self.assert_agrees_with_qemu("qcow2")

    def test_a_disk_with_snapshots_is_whole(self) -> None:
        self.convert("qcow2", "cluster_size=64k")
        self.qemu_img("snapshot", "-c", "before", self.path)
        self.qemu_img("snapshot", "-c", "after", self.path)

        self.assertEqual((), self.read_file().damage().value)

    def test_a_truncated_disk_is_damaged(self) -> None:
        for options, more in (
            ("cluster_size=64k", ()),
            ("cluster_size=4k", ()),
            ("extended_l2=on", ()),
            ("compat=1.1", ("-c",)),
        ):
            with self.subTest(options=options, more=more):
                self.convert("qcow2", options, *more)
                for left in (-65536, 2 * MIB, MIB, 300000, 1000, 104):
                    self.truncate_to(left)

                    self.assert_damaged("it is truncated")

    def test_a_backing_file_is_named(self) -> None:
        self.qemu_img("create", "-f", "qcow2", "-b", self.source, "-F", "raw", self.path)

        self.assertEqual((f"backing file {str(self.source)!r}",), self.read_file().references().value)


class TestOtherFormatsOfQemu(QemuTest):
    def test_a_disk_of_every_subformat_is_whole(self) -> None:
        for kind, options in (other.split(":") for other in OTHERS):
            with self.subTest(kind=kind, options=options):
                self.convert(kind, options)

                self.assert_agrees_with_qemu(kind)

    def test_a_fixed_vhd_is_whole(self) -> None:
        for options in ("subformat=fixed", "subformat=fixed,force_size=on"):
            with self.subTest(options=options):
                self.convert("vpc", options)

                self.assert_agrees_with_qemu("vpc")

    def test_a_vmdk_in_several_files_refers_to_one(self) -> None:
        for kind in ("monolithicFlat", "twoGbMaxExtentFlat", "twoGbMaxExtentSparse"):
            with self.subTest(kind=kind):
                self.convert("vmdk", f"subformat={kind}")

                self.assertEqual(1, len(self.read_file().references().value))

    def test_a_truncated_disk_is_damaged(self) -> None:
        for kind, options in (other.split(":") for other in OTHERS[:-1]):
            with self.subTest(kind=kind, options=options):
                for left in (2 * MIB, MIB, 100000, 1000):
                    self.convert(kind, options)
                    self.truncate_to(left)

                    self.assert_damaged("it is truncated")
