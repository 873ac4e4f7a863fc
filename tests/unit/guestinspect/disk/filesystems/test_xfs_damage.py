"""Damaged structures of an XFS: each reason names the structure and the cause."""

from __future__ import annotations

import struct

from guestinspect.disk.filesystems.xfs import Xfs
from guestinspect.disk.filesystems.xfs_structures import Inode, Superblock, read_superblock
from guestinspect.disk.mounted_tree import MountedTree
from guestinspect.disk.tree import Unreadable
from tests import volumes
from tests.unit.guestinspect.reading import MemoryBlocks, ReadingTest

_WITHOUT_CHECKSUMS = ("-m", "crc=0,finobt=0,reflink=0,rmapbt=0,bigtime=0,inobtcount=0", "-n", "ftype=0")
_BLOCK_BYTES = 4096
_FORK_AT = 100
"""In an inode without checksums."""

_BTREE = 3


class TestXfsDamage(ReadingTest):
    def setUp(self) -> None:
        super().setUp()
        self.restore()

    def restore(self) -> None:
        """Undo all damage."""
        self.blocks = MemoryBlocks(self.shared(volumes.xfs, *_WITHOUT_CHECKSUMS).read_bytes())

    @property
    def superblock(self) -> Superblock:
        return read_superblock(self.blocks.read_at(0, _BLOCK_BYTES))

    def inode(self, path: str) -> Inode:
        """Return the inode at a path of the undamaged file system."""
        filesystem = Xfs(self.blocks)
        node = filesystem.root()
        for name in path.split("/"):
            node = filesystem.lookup(node, name)
        assert isinstance(node, Inode)
        return node

    def at(self, inode: Inode) -> int:
        """Return the byte of the disk at which an inode begins."""
        return self.superblock.byte_of_inode(inode.number)

    def make_tree(self, leaf: bytes, root: bytes = b"") -> Inode:
        """Move the only extent of a file to a leaf of a B+tree, in a block that the file system does not use."""
        file = self.inode("usr/lib/big")
        self.block = self.superblock.group_blocks - 2
        keys = (len(file.fork) - 4) // 16
        fork = bytearray(root or struct.pack(">HH", 1, 1)).ljust(4 + 8 * keys, b"\0") + struct.pack(">Q", self.block)
        self.blocks.write(self.at(file) + 5, bytes([_BTREE]))  # di_format
        self.blocks.write(self.at(file) + _FORK_AT, bytes(fork))
        header = leaf or struct.pack(">4sHHQQ", b"BMAP", 0, 1, 0, 0)
        self.blocks.write(self.superblock.byte_of_block(self.block), header + file.fork[:16])
        return file

    def assert_unreadable(self, path: str, why: str) -> None:
        unreadable = self.assertRaises(Unreadable, MountedTree(Xfs(self.blocks)).read, path)
        self.assertEqual(f"{path} could not be read: {why}", unreadable.why)

    def test_a_file_whose_extents_are_in_a_tree_is_read(self) -> None:
        self.make_tree(b"")

        self.assertEqual((self.guest / "usr/lib/big").read_bytes(), MountedTree(Xfs(self.blocks)).read("/usr/lib/big"))

    def test_a_damaged_extent_tree_is_named(self) -> None:
        for leaf, root, why in (
            (b"", struct.pack(">HH", 0, 1), "the extent tree of inode {inode} has 0 levels"),
            (b"", struct.pack(">HH", 9, 1), "the extent tree of inode {inode} has 9 levels"),
            (
                b"",
                struct.pack(">HH", 1, 999),
                "a node of the extent tree of inode {inode} declares 999 entries; 9 fit into it",
            ),
            (b"XXXX", b"", "block {block} is not a node of level 0 of the extent tree of inode {inode}"),
            (
                struct.pack(">4sHHQQ", b"BMAP", 0, 1000, 0, 0),
                b"",
                "a node of the extent tree of inode {inode} declares 1000 entries; 254 fit into it",
            ),
        ):
            with self.subTest(why):
                self.restore()
                file = self.make_tree(leaf, root)

                self.assert_unreadable("/usr/lib/big", why.format(inode=file.number, block=self.block))

    def test_a_tree_that_contains_a_block_twice_is_named(self) -> None:
        file = self.make_tree(b"")
        keys = (len(file.fork) - 4) // 16
        self.blocks.write(self.at(file) + _FORK_AT, struct.pack(">HH", 1, 2))
        self.blocks.write(self.at(file) + _FORK_AT + 4 + 8 * keys + 8, struct.pack(">Q", self.block))

        self.assert_unreadable(
            "/usr/lib/big", f"the extent tree of inode {file.number} contains block {self.block} twice"
        )

    def test_an_extent_outside_the_file_system_is_named(self) -> None:
        file = self.inode("usr/lib/big")
        self.blocks.write(self.at(file) + _FORK_AT, struct.pack(">QQ", 0x1FF, 0xFFFFFFFFFFE00000 | 1))

        self.assert_unreadable(
            "/usr/lib/big", f"a structure refers to block {2**52 - 1}, which lies outside all groups"
        )

    def test_a_damaged_inode_is_named(self) -> None:
        for at, damage, why in (
            (0, b"XX", "inode {inode} has a wrong magic number"),
            (4, b"\3", "inode {inode} has version 3, which the file system does not allow"),
            (2, b"\0\0", "inode {inode} is not in use"),
        ):
            with self.subTest(why):
                self.restore()
                file = self.inode("usr/lib/big")
                self.blocks.write(self.at(file) + at, damage)

                self.assert_unreadable("/usr/lib/big", why.format(inode=file.number))

    def test_an_unknown_format_of_the_content_is_named(self) -> None:
        file = self.inode("usr/lib/big")
        self.blocks.write(self.at(file) + 5, b"\7")

        self.assert_unreadable("/usr/lib/big", f"inode {file.number} has its content in an unknown format (7)")

    def test_a_damaged_entry_of_a_small_folder_is_named(self) -> None:
        folder = self.inode("home")
        self.blocks.write(self.at(folder) + _FORK_AT + 6, b"\0")

        self.assert_unreadable("/home/alice", f"entry 1 of 1 in the folder of inode {folder.number} is damaged")

    def test_a_damaged_block_of_a_folder_is_named(self) -> None:
        for at, damage, why in (
            (0, b"XXXX", "the folder of inode {inode}, at byte 0, has a wrong magic number"),
            (
                16 + 8,
                b"\0",
                "the folder of inode {inode}, at byte 0, has a damaged entry (byte 16 of the block)",
            ),
        ):
            with self.subTest(why):
                self.restore()
                folder = self.inode("usr/lib/many")
                block = next(iter(struct.unpack_from(">QQ", folder.fork)[1:])) >> 21
                self.blocks.write(self.superblock.byte_of_block(block) + at, damage)

                self.assert_unreadable("/usr/lib/many/x", why.format(inode=folder.number))

    def test_the_fields_of_a_superblock_that_disagree_are_named(self) -> None:
        for at, damage, why in (
            (120, b"\x0d", "blocks of 4096 bytes and of 2^13 bytes"),
            (104, b"\x10\0", "2^4 inodes of 4096 bytes in 4096 bytes"),
            (124, b"\1", "groups of {group_blocks} blocks, numbered with 1 bits"),
            (192, b"\7", "folder blocks of 524288 bytes"),
        ):
            with self.subTest(why):
                self.restore()
                expected = why.format(group_blocks=self.superblock.group_blocks)
                self.blocks.write(at, damage)

                unreadable = self.assertRaises(Unreadable, Xfs, self.blocks)

                self.assertEqual(f"xfs could not be read: its superblock declares {expected}", unreadable.why)

    def test_a_wrong_checksum_is_named(self) -> None:
        self.blocks = MemoryBlocks(self.shared(volumes.xfs).read_bytes())
        file = self.inode("usr/lib/big")
        self.blocks.write(self.at(file) + 8, b"\1\1\1\1")

        self.assert_unreadable("/usr/lib/big", f"the checksum of inode {file.number} is wrong")
