"""File systems made by their own tools: all files are read, and damage is always reported."""

from __future__ import annotations

import os
import struct
import sys
from pathlib import Path
from typing import ClassVar
from unittest import mock

from guestinspect.disk.explorer import crc32c
from guestinspect.disk.filesystems.explorer_filesystems import open_btrfs, open_ext, open_vfat
from guestinspect.disk.filesystems.volume_contents import read_volumes
from guestinspect.disk.filesystems.xfs import Xfs
from guestinspect.disk.mounted_tree import MountedTree
from guestinspect.disk.tree import Unreadable
from guestinspect.disk.volumes.volume import Volume
from tests import volumes
from tests.unit.guestinspect.reading import MANY, MemoryBlocks, ReadingTest, a_guest, differences, with_odd_names

_EXT_FEATURES_AT = 1024 + 0x60
UUID = "01234567-89ab-cdef-0123-456789abcdef"
EXT = {
    "ext4": ("-L", "cloudimg-rootfs", "-U", UUID),
    "ext4 of 1 KiB blocks": ("-b", "1024"),
    "ext4 without checksums": ("-O", "^metadata_csum,^64bit"),
    "ext4 with inline data": ("-O", "inline_data", "-I", "512"),
    "ext4 with a stored checksum seed": ("-O", "metadata_csum_seed,large_dir"),
    "ext4 with small inodes": ("-I", "128"),
    "ext4 without file types in folders": ("-O", "^filetype"),
    "ext4 with meta block groups": ("-O", "meta_bg,^resize_inode"),
}
XFS = {
    "xfs": ("-L", "root", "-m", f"uuid={UUID}"),
    "xfs of 1 KiB blocks": ("-b", "size=1024"),
    "xfs with large folder blocks": ("-n", "size=65536"),
    "xfs with large counters": ("-i", "nrext64=1"),
    "xfs without checksums": ("-m", "crc=0,finobt=0,reflink=0,rmapbt=0,bigtime=0,inobtcount=0", "-n", "ftype=0"),
    "xfs with small inodes": ("-i", "size=512", "-m", "bigtime=0"),
}
BTRFS = {
    "btrfs": ("-L", "root", "-U", UUID, "-m", "dup"),
    "btrfs with mixed block groups": ("--mixed", "--nodesize", "4096"),
    "btrfs with other checksums": ("--csum", "sha256"),
}


class TestWhole(ReadingTest):
    odd: ClassVar[Path]

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.odd = with_odd_names(a_guest(cls.made / "odd"))

    def test_the_files_of_an_ext_are_read(self) -> None:
        for name, options in EXT.items():
            with self.subTest(name=name, options=options):
                for kind in ("ext4", "ext3", "ext2") if name == "ext4" else ("ext4",):
                    with self.subTest(name, kind=kind):
                        image = volumes.ext(self.made / "ext.img", self.odd, *options, kind=kind)

                        filesystem = open_ext(self.open(image))

                        self.assertEqual([], differences(MountedTree(filesystem), self.odd))
                        self.assertEqual((kind, ()), (filesystem.kind, filesystem.notes))

    def test_the_files_of_an_xfs_are_read(self) -> None:
        for name, options in XFS.items():
            with self.subTest(name):
                image = volumes.xfs(self.made / "xfs.img", self.odd, *options)

                filesystem = Xfs(self.open(image))

                self.assertEqual([], differences(MountedTree(filesystem), self.odd))

    def test_the_files_of_a_btrfs_are_read(self) -> None:
        for name, options in BTRFS.items():
            with self.subTest(name):
                image = volumes.btrfs(self.made / "btrfs.img", self.odd, *options)

                filesystem = open_btrfs(self.open(image))

                self.assertEqual([], differences(MountedTree(filesystem), self.odd))

    def test_the_files_of_a_vfat_are_read_in_upper_and_lower_case(self) -> None:
        folder = self.made / "efi"
        (folder / "EFI/debian").mkdir(parents=True)
        (folder / "EFI/debian/shimx64.efi").write_bytes(b"MZ" * 5000)
        (folder / "EFI/a long name.txt").write_text("x")
        for width in ("12", "16", "32"):
            with self.subTest(width=width):
                options = ("-F", width, "-n", "EFI", "-i", "1234ABCD", "-s", "1")
                image = volumes.vfat(
                    self.made / "efi.img", folder, *options, size_mib={"12": 1, "16": 8, "32": 40}[width]
                )

                filesystem = open_vfat(self.open(image))

                tree = MountedTree(filesystem)
                self.assertEqual(b"MZ" * 5000, tree.read("/efi/DEBIAN/shimx64.EFI"))
                self.assertEqual(("a long name.txt", "debian"), tree.names("/EFI"))
                self.assertEqual(("1234-ABCD", "EFI"), (filesystem.uuid, filesystem.label))

    def test_every_file_system_has_its_label_and_uuid(self) -> None:
        made = (
            open_ext(self.open(self.shared(volumes.ext, *EXT["ext4"]))),
            Xfs(self.open(self.shared(volumes.xfs, *XFS["xfs"]))),
            open_btrfs(self.open(self.shared(volumes.btrfs, *BTRFS["btrfs"]))),
        )

        self.assertEqual([UUID] * 3, [filesystem.uuid for filesystem in made])
        self.assertEqual(["cloudimg-rootfs", "root", "root"], [filesystem.label for filesystem in made])

    def test_names_with_the_same_unicode_normalization_differ(self) -> None:
        folder = with_odd_names(a_guest(self.made / self.id()))
        (folder / "etc/cafe\u0301").unlink()
        for filesystem in (
            open_ext(self.open(volumes.ext(self.made / "e", folder))),
            open_btrfs(self.open(volumes.btrfs(self.made / "b", folder))),
        ):
            with self.subTest(filesystem=filesystem):
                tree = MountedTree(filesystem)

                self.assertEqual(b"composed", tree.read("/etc/caf\u00e9"))
                self.assertIsNone(tree.read("/etc/cafe\u0301"))
                self.assertIsNone(tree.read("/etc/upper"))

    def test_the_names_of_a_folder_cost_few_reads(self) -> None:
        for read, image in (
            (open_ext, self.shared(volumes.ext)),
            (Xfs, self.shared(volumes.xfs)),
        ):
            with self.subTest(read=read, image=image):
                blocks = MemoryBlocks(image.read_bytes())
                tree = MountedTree(read(blocks))
                before = blocks.bytes_read

                names = tree.names("/usr/lib/many")

                self.assertEqual(MANY, len(names))
                self.assertLess(blocks.bytes_read - before, 48 * 1024)


class TestNotWhole(ReadingTest):
    def test_an_ext_with_an_unsupported_feature_is_unreadable(self) -> None:
        for feature in ("bigalloc", "casefold"):
            with self.subTest(feature=feature):
                image = self.shared(volumes.ext, "-O", feature)

                self.assertRaises(Unreadable, open_ext, self.open(image))

    def test_an_ext_with_an_unknown_feature_is_unreadable(self) -> None:
        blocks = MemoryBlocks(self.shared(volumes.ext, "-O", "^metadata_csum").read_bytes())
        blocks.write(_EXT_FEATURES_AT + 3, b"\x80")

        unreadable = self.assertRaises(Unreadable, open_ext, blocks)

        self.assertIn("unsupported incompatible features", unreadable.why)

    def test_an_xfs_with_an_unknown_feature_is_unreadable(self) -> None:
        for feature, why in ((1 << 20, "features that are not supported"), (0x10, "xfs_repair")):
            with self.subTest(feature=feature, why=why):
                blocks = MemoryBlocks(self.shared(volumes.xfs).read_bytes())
                (features,) = struct.unpack_from(">I", blocks.content, 216)
                blocks.write(216, struct.pack(">I", features | feature))
                blocks.write(224, bytes(4))
                blocks.write(224, struct.pack("<I", crc32c(blocks.read_at(0, 512))))

                unreadable = self.assertRaises(Unreadable, Xfs, blocks)

                self.assertIn(why, unreadable.why)

    def test_a_journal_that_was_not_replayed_is_noted(self) -> None:
        blocks = MemoryBlocks(self.shared(volumes.ext, "-O", "^metadata_csum").read_bytes())
        (features,) = struct.unpack_from("<I", blocks.content, _EXT_FEATURES_AT)
        blocks.write(_EXT_FEATURES_AT, struct.pack("<I", features | 4))

        filesystem = open_ext(blocks)

        self.assertIn("was not unmounted", filesystem.notes[0])

    def test_a_damaged_folder_is_unreadable_and_never_empty(self) -> None:
        for read, image in (
            (open_ext, self.shared(volumes.ext)),
            (Xfs, self.shared(volumes.xfs)),
            (open_btrfs, self.shared(volumes.btrfs)),
        ):
            with self.subTest(image.name):
                blocks = MemoryBlocks(image.read_bytes())
                while (at := blocks.content.find(b"a-file-with-a-long-name-0007")) >= 0:
                    blocks.write(at + 23, b"X")

                tree = MountedTree(read(blocks))

                self.assertRaises(Unreadable, tree.names, "/usr/lib/many")
                self.assertRaises(Unreadable, tree.read, "/usr/lib/many/a-file-with-a-long-name-0007")

    def test_a_damaged_inode_is_unreadable(self) -> None:
        folder = self.made / "small"
        (folder / "etc/ssh").mkdir(parents=True)
        (folder / "etc/ssh/key").write_text("secret")
        os.utime(folder / "etc/ssh/key", (1234567890, 1234567890))
        for read, image, order in (
            (open_ext, volumes.ext(self.made / "e", folder), "<I"),
            (open_ext, volumes.ext(self.made / "e3", folder, kind="ext3"), "<I"),
        ):
            with self.subTest(read=read, image=image, order=order):
                blocks = MemoryBlocks(image.read_bytes())
                mtime = struct.pack(order, 1234567890)
                at = blocks.content.find(mtime)  # in the inode, where i_mtime follows i_size, i_atime and i_ctime
                blocks.write(at - 16, bytes(128))

                tree = MountedTree(read(blocks))

                self.assertRaises(Unreadable, tree.status, "/etc/ssh/key")

    def test_a_long_link_of_an_xfs_is_verified_by_its_checksum(self) -> None:
        folder = self.made / "linked"
        folder.mkdir()
        (folder / "link").symlink_to("x" * 900)
        blocks = MemoryBlocks(volumes.xfs(self.made / "x", folder).read_bytes())
        at = blocks.content.find(b"x" * 900)
        # As the kernel writes it; mkfs.xfs before 6.10 forgets the header.
        head = struct.pack(">4sIII16sQQQ", b"XSLM", 0, 900, 0, bytes(blocks.content[32:48]), 0, at // 512, 0)
        block = (head + b"x" * 900).ljust(4096, b"\0")
        blocks.write(at, block[:12] + struct.pack("<I", crc32c(block)) + block[16:])

        self.assertEqual("x" * 900, MountedTree(Xfs(blocks)).link("/link"))
        blocks.write(at + 100, b"y")
        self.assertRaises(Unreadable, MountedTree(Xfs(blocks)).link, "/link")

    def test_the_message_about_a_missing_library_says_how_to_install_it(self) -> None:
        image = self.shared(volumes.ext)
        hidden = {name: None for name in sys.modules if name.startswith("fs_explorer")}
        ours = "guestinspect.disk.filesystems.ext_checksums"
        with mock.patch.dict(sys.modules, hidden | {"fs_explorer": None}):
            sys.modules.pop(ours, None)

            unreadable = self.assertRaises(Unreadable, open_ext, self.open(image))

        self.assertIn("pip install fs-explorer", unreadable.why)

    def test_an_unsupported_file_system_is_named(self) -> None:
        for at, magic, why in (
            (0, b"LUKS\xba\xbe", "encrypted (LUKS)"),
            (3, b"NTFS    ", "ntfs"),
            (4096, b"\xfc\x4e\x2b\xa9", "part of a RAID"),
            (3, b"-FVE-FS-", "BitLocker"),
            (192 * 1024, b"\x0c\xb1\xba\0\0\0\0\0", "ZFS"),
            (0, b"", "no known file system was found"),
        ):
            with self.subTest(at=at, magic=magic, why=why):
                blocks = MemoryBlocks(bytes(512 * 1024))
                blocks.write(at, magic)

                (content,) = read_volumes([Volume("partition 1", blocks)])

                assert isinstance(content.filesystem, Unreadable)
                self.assertIn(why, content.filesystem.why)
