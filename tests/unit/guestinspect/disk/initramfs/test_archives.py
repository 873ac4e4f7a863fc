"""The archives of an initramfs."""

from __future__ import annotations

import bz2
import gzip
import lzma
import stat
import struct
from collections.abc import Callable, Iterable
from contextlib import suppress
from unittest import mock

from fs_explorer.codecs.registry import compress
from hypothesis import given, settings
from hypothesis import strategies as st

from guestinspect.disk.initramfs import archives
from guestinspect.disk.initramfs.archives import ArchiveFile, read_archives
from guestinspect.disk.tree import Tree, Type, Unreadable
from guests.disks.cpio import Member, folder, link, make_archive, with_folders
from tests import base
from tests.trees import MemoryTree

PATH = "/boot/initrd.img"
LINK = "usr/lib/systemd/network/99-default.link"
TEXT = b"[Match]\nOriginalName=*\n"
MEMBERS = with_folders([Member(LINK, TEXT), Member("usr/bin/udevadm", b"\x7fELF" * 50_000)])
PLAIN = make_archive(MEMBERS)
MICROCODE = make_archive(with_folders([Member("kernel/x86/microcode/GenuineIntel.bin", b"\1" * 5000)]))

LZO_ZEROS = bytes([17 + 4]) + bytes(4) + bytes([0xEC, 0]) + bytes([0x11, 0, 0])
"""12 zeros: four literal ones, and a match of eight. Source: the known answer of fs-explorer's codecs/lzo.py."""


def lz4_legacy(content: bytes) -> bytes:
    """Return content as ``lz4 -l`` compresses it, in shorter blocks with a magic number between them."""
    blocks = [compress("lz4", content[at : at + 100_000]) for at in range(0, len(content), 100_000)]
    magic = struct.pack("<I", 0x184C2102)
    return magic + b"".join(struct.pack("<I", len(block)) + block + magic for block in blocks)


def lzop(content: bytes, version: int = 0x1030, flags: int = 1) -> bytes:
    """Return content as lzop(1) stores it: blocks that are not compressed, and a compressed one of zeros."""
    time = b"\0\0\0\0" if version >= 0x0940 else b""
    header = b"\x89LZO\x00\x0d\x0a\x1a\x0a" + struct.pack(">HHHB", version, 0x20A0, 0x0940, 1)
    header += (b"\5" if time else b"") + struct.pack(">I", flags) + (bytes(4) if flags & 0x800 else b"")
    header += bytes(8) + time + b"\4name" + bytes(4)
    pieces = [content[at : at + 262_144] for at in range(0, len(content), 262_144)]
    blocks = [struct.pack(">III", len(piece), len(piece), 0) + piece for piece in pieces]
    return header + b"".join((*blocks, struct.pack(">III", 12, len(LZO_ZEROS), 0) + LZO_ZEROS, bytes(4)))


COMPRESSIONS: dict[str, Callable[[bytes], bytes]] = {
    "none": bytes,
    "gzip": gzip.compress,
    "xz": lambda content: lzma.compress(content, lzma.FORMAT_XZ, lzma.CHECK_CRC32),
    "lzma": lambda content: lzma.compress(content, lzma.FORMAT_ALONE),
    "bzip2": bz2.compress,
    "zstd": lambda content: compress("zstd", content),
    "lz4": lz4_legacy,
    "lzo": lzop,
}


class ArchivesTest(base.BaseTestCase):
    def read(self, *contents: bytes) -> Tree:
        """Return the files in an initramfs of these files, all of whose contents are wanted."""
        paths = [f"{PATH}.{number}" for number in range(len(contents))]
        files = [ArchiveFile(path, 0, len(content)) for path, content in zip(paths, contents, strict=True)]
        return read_archives(MemoryTree(dict(zip(paths, contents, strict=True))), files, lambda _: True)

    def read_members(self, members: Iterable[Member]) -> Tree:
        return self.read(make_archive(members))

    def assert_unreadable(self, says: str, *contents: bytes) -> None:
        unknown = self.assertRaises(Unreadable, self.read, *contents)

        self.assertIn(f"{PATH}.{len(contents) - 1} could not be read", unknown.why)
        self.assertIn(says, unknown.why)


class TestCompressions(ArchivesTest):
    def test_each_compression_of_the_kernel_is_read(self) -> None:
        for name, pack in COMPRESSIONS.items():
            with self.subTest(compression=name):
                self.assertEqual(TEXT, self.read(pack(PLAIN)).read(f"/{LINK}"))

    def test_microcode_may_come_first(self) -> None:
        for name, pack in COMPRESSIONS.items():
            with self.subTest(compression=name):
                tree = self.read(MICROCODE + bytes(512) + pack(PLAIN))

                self.assertEqual(TEXT, tree.read(f"/{LINK}"))
                self.assertEqual(("GenuineIntel.bin",), tree.names("/kernel/x86/microcode"))

    def test_compressions_follow_each_other(self) -> None:
        packed = b"".join(
            pack(make_archive([Member(name, name.encode())]))
            for name, pack in COMPRESSIONS.items()
            if name != "lz4"  # it ends with the file, or with a length of 0
        )

        self.assertEqual(b"lzo", self.read(packed + lz4_legacy(PLAIN)).read("/lzo"))

    def test_a_truncated_archive_is_unreadable(self) -> None:
        for name, pack in COMPRESSIONS.items():
            packed = pack(PLAIN)
            for length in (len(packed) // 2, len(packed) // 2 + 1):
                with self.subTest(compression=name, length=length):
                    self.assertRaises(Unreadable, self.read, packed[:length])

    def test_damage_is_unreadable_or_has_no_effect(self) -> None:
        for name, pack in COMPRESSIONS.items():
            packed = bytearray(pack(PLAIN))
            for at in range(0, 400, 7):
                with self.subTest(compression=name, at=at), suppress(Unreadable):
                    damaged = bytes(packed[:at]) + b"\xff" + bytes(packed[at + 1 :])
                    self.read(damaged).names("/usr/lib")

    def test_a_compression_that_no_kernel_reads_is_unreadable(self) -> None:
        self.assert_unreadable("neither a cpio archive nor a known compression at byte 0", b"PK\3\4" + PLAIN)
        self.assert_unreadable("at byte 0", compress("zstd", PLAIN), b"\x04\x22\x4d\x18" + PLAIN)  # LZ4's other format

    def test_lzo_may_have_an_old_header_or_a_filter(self) -> None:
        self.assertEqual(TEXT, self.read(lzop(PLAIN, 0x0900)).read(f"/{LINK}"))
        self.assertEqual(TEXT, self.read(lzop(PLAIN, flags=0x801)).read(f"/{LINK}"))


class TestLimits(ArchivesTest):
    def test_a_bomb_is_unreadable(self) -> None:
        content = make_archive([Member("bomb", bytes(6 * 1024**2))])

        for name in ("gzip", "xz", "bzip2", "zstd", "lz4"):
            with self.subTest(compression=name), mock.patch.object(archives, "_UNPACKED_BYTES", 4 * 1024**2):
                self.assert_unreadable("has more than 4 MiB when it is unpacked", COMPRESSIONS[name](content))

    def test_time_is_limited(self) -> None:
        with mock.patch.object(archives, "_PROCESSOR_S", -1.0):
            self.assert_unreadable("takes longer than", gzip.compress(PLAIN))

    def test_a_long_window_of_zstd_is_unreadable(self) -> None:
        frame = b"\x28\xb5\x2f\xfd" + bytes([0x00, 0xA0]) + bytes(20)  # windowLog 30

        self.assert_unreadable("needs 1073741824 bytes of memory", frame)

    def test_the_number_of_archives_is_limited(self) -> None:
        self.assert_unreadable("more than 64 archives", make_archive([]) * 100)

    def test_the_number_of_members_is_limited(self) -> None:
        with mock.patch("guestinspect.disk.initramfs.cpio._MOST_MEMBERS", 10):
            self.assert_unreadable("more than 10 members", make_archive(folder(f"{n}") for n in range(20)))

    def test_the_content_that_is_kept_is_limited(self) -> None:
        members = [Member(f"{n}.rules", bytes(1024**2)) for n in range(20)]

        self.assert_unreadable("too many configuration files", make_archive(members))

    def test_a_long_file_has_no_content(self) -> None:
        tree = self.read_members([Member("a.rules", bytes(1024**2 + 1))])

        self.assertEqual(1024**2 + 1, getattr(tree.status("/a.rules"), "size_bytes", None))
        self.assertRaises(Unreadable, tree.read, "/a.rules", 2 * 1024**2)


class TestMembers(ArchivesTest):
    def test_later_members_replace_earlier_ones(self) -> None:
        old, new = make_archive([Member("a", b"old")]), make_archive([Member("a", b"new")])

        self.assertEqual(b"new", self.read(old, gzip.compress(new)).read("/a"))
        self.assertEqual(b"new", self.read(old + new).read("/a"))
        self.assertEqual(b"new", self.read(gzip.compress(old + bytes(8) + new)).read("/a"))

    def test_a_folder_keeps_its_members(self) -> None:
        tree = self.read_members([folder("etc"), Member("etc/a", b"1"), folder("etc"), Member("etc/b", b"2")])

        self.assertEqual(("a", "b"), tree.names("/etc"))

    def test_links_in_a_path_are_followed(self) -> None:
        members = [folder("usr"), folder("usr/lib"), link("lib", "usr/lib"), link("l2", "/lib"), Member("l2/a", b"1")]

        self.assertEqual(b"1", self.read_members(members).read("/usr/lib/a"))

    def test_a_name_may_have_dots_and_slashes(self) -> None:
        for name in ("./etc/a", "/etc/a", "etc//a", "etc/../etc/./a", "../../etc/a"):
            with self.subTest(name=name):
                self.assertEqual(b"1", self.read_members([folder("etc"), Member(name, b"1")]).read("/etc/a"))

    def test_a_member_without_its_folder_is_not_created(self) -> None:
        self.assertEqual((), self.read_members([Member("etc/a", b"1")]).names("/"))

    def test_hostile_members_have_no_effect(self) -> None:
        loop = [link("loop", "loop"), Member("loop/a", b"1")]
        names = ["", ".", "..", "/", "a" * 5000, "file/b", "\udcff", "a\0b", "loop/" * 500]
        tree = self.read_members([*loop, Member("file", b"x"), *(Member(name, b"1") for name in names)])

        self.assertEqual(b"x", tree.read("/file"))
        self.assertIsNone(tree.read("/loop/a"))

    def test_hard_links_share_the_content_of_the_last(self) -> None:
        names = ("a.link", "b.link", "c.link")
        members = [Member(name, b"" if name != "c.link" else TEXT, inode=7, links=3) for name in names]
        tree = self.read_members(members)

        self.assertEqual([TEXT] * 3, [tree.read(f"/{name}") for name in names])

    def test_devices_are_neither_files_nor_folders(self) -> None:
        tree = self.read_members([folder("dev"), Member("dev/null", mode=stat.S_IFCHR | 0o666)])

        self.assertIs(Type.OTHER, getattr(tree.status("/dev/null"), "type", None))

    def test_the_format_with_checksums_is_read(self) -> None:
        self.assertEqual(TEXT, self.read(make_archive(MEMBERS, "070702")).read(f"/{LINK}"))

    def test_other_formats_are_unreadable(self) -> None:
        old = b"070707" + b"000000" * 7 + b"00000000000" + b"000002" + b"00000000000" + b"a\0"

        self.assert_unreadable("odc, which no kernel reads", old)

    def test_an_archive_may_end_without_a_trailer(self) -> None:
        tree = self.read(gzip.compress(make_archive([Member("a", b"1")])[:-124]))

        self.assertEqual(b"1", tree.read("/a"))

    def test_a_negative_or_invalid_size_is_unreadable(self) -> None:
        for size in (b"-0000001", b"FFFFFFFF", b"zzzzzzzz"):
            with self.subTest(size=size):
                content = bytearray(PLAIN)
                content[54:62] = size
                self.assertRaises(Unreadable, self.read, bytes(content))

    def test_a_part_of_a_file_is_read(self) -> None:
        content = b"MZ" + bytes(1000) + gzip.compress(PLAIN) + b"more"
        file = ArchiveFile(PATH, 1002, len(content) - 1006)

        self.assertEqual(TEXT, read_archives(MemoryTree({PATH: content}), [file], lambda _: True).read(f"/{LINK}"))

    def test_only_wanted_files_have_content(self) -> None:
        tree = read_archives(MemoryTree({PATH: PLAIN}), [ArchiveFile(PATH, 0, len(PLAIN))], lambda name: name == LINK)

        self.assertEqual(TEXT, tree.read(f"/{LINK}"))
        self.assertRaises(Unreadable, tree.read, "/usr/bin/udevadm")

    @settings(max_examples=200, deadline=None)
    @given(st.binary(max_size=300), st.integers(0, 600))
    def test_any_damage_is_unreadable_or_gives_files(self, damage: bytes, at: int) -> None:
        with suppress(Unreadable):
            tree = self.read(PLAIN[:at] + damage + PLAIN[at + len(damage) :])
            for name in tree.names("/"):
                tree.status(f"/{name}")
