"""ext2, ext3, ext4, btrfs and vfat, read by fs-explorer."""

from __future__ import annotations

import stat
import struct
import uuid
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, cast

from guestinspect.disk.blocks import Blocks
from guestinspect.disk.explorer import as_random_access, errors_as_unreadable, make_context, open_with_driver
from guestinspect.disk.filesystems.filesystem import FileSystem, Node
from guestinspect.disk.filesystems.folder_cache import FolderCache
from guestinspect.disk.limits import LINK_BYTES
from guestinspect.disk.tree import Status, Type, Unreadable

if TYPE_CHECKING:
    from fs_explorer.filesystems.btrfs.fs import BtrfsFS
    from fs_explorer.io.source import RandomAccess
    from fs_explorer.tree import Node as ExplorerNode
    from fs_explorer.tree import Tree as ExplorerTree

_TYPES = {stat.S_IFREG: Type.FILE, stat.S_IFDIR: Type.FOLDER, stat.S_IFLNK: Type.LINK}

# Feature bits of the superblock. Source: fs/ext4/ext4.h of Linux.
_EXT_NEEDS_RECOVERY = 0x4
_EXT_CASEFOLD = 0x20000
_EXT_BIGALLOC = 0x200

_BTRFS_TOP = 5
"""BTRFS_FS_TREE_OBJECTID, the number of the top-level subvolume. Source: btrfs-subvolume(8)."""

_BTRFS_ROOT_ITEM = 132
"""BTRFS_ROOT_ITEM_KEY. Source: include/uapi/linux/btrfs_tree.h of Linux."""

_BTRFS_LOG_TREE = "it was not unmounted: its most recent changes (log tree) are not inspected"
_UNCLEAN = "it was not unmounted: the changes in its journal are not inspected"


class ExplorerFileSystem:
    """A file system that fs-explorer reads.

    Args:
        tree: The reader.
        kind: The type, as in fstab.
        uuid: The UUID, as blkid writes it.
        top: The folder that serves as the root; None: that of the file system.
        notes: Remarks for the reader.
    """

    def __init__(
        self, tree: ExplorerTree, *, kind: str, uuid: str, top: ExplorerNode | None = None, notes: tuple[str, ...] = ()
    ) -> None:
        self._tree = tree
        self._top = top
        self._folders: FolderCache[ExplorerNode] = FolderCache()
        self.kind = kind
        self.uuid = uuid
        self.notes = notes
        with errors_as_unreadable(kind):
            self.label = tree.volume_label() or ""

    def root(self) -> Node:
        with errors_as_unreadable(self.kind):
            return self._top or self._tree.root()

    def open_subvolume(self, _subvolume: str) -> FileSystem | None:
        return None

    def lookup(self, folder: Node, name: str) -> Node | None:
        return self._children(folder).get(name)

    def names(self, folder: Node) -> Iterable[str]:
        return self._children(folder)

    def _children(self, folder: Node) -> Mapping[str, ExplorerNode]:
        """Return the content of a folder, by name.

        Not the look-up of fs-explorer: it compares names after Unicode normalization, and Linux byte by byte.
        """
        node = cast("ExplorerNode", folder)
        if node.type.value != "dir":
            raise Unreadable(self.kind, "it is not a folder")
        # A folder is identified by its inode, with that of its subvolume in a btrfs; in a FAT, by its first cluster.
        reference = node.ref
        identity = reference if isinstance(reference, int | tuple) else reference.cluster
        with errors_as_unreadable(self.kind):
            return self._folders.get(
                identity, lambda: ((child.name, child) for child in self._tree.children(node, stat=False))
            )

    def status(self, node: Node) -> Status:
        entry = cast("ExplorerNode", node)
        with errors_as_unreadable(self.kind):
            filled = self._tree.stat(entry)
        if filled.error:
            raise Unreadable(self.kind, filled.error)
        mode = filled.mode or 0
        # A folder entry that leads to an unused inode: the file system is damaged, or its journal is not replayed.
        if not stat.S_IFMT(mode) or filled.nlink == 0:
            raise Unreadable(self.kind, f"its entry in the folder leads to an inode that is not in use ({entry.ref})")
        return Status(
            type=_TYPES.get(stat.S_IFMT(mode), Type.OTHER),
            size_bytes=filled.size or 0,
            mode=stat.S_IMODE(mode),
            uid=filled.uid or 0,
            gid=filled.gid or 0,
            modified_s=(filled.mtime_ns or 0) // 10**9,
        )

    def link(self, node: Node) -> str:
        with errors_as_unreadable(self.kind):
            target = self._tree.readlink(cast("ExplorerNode", node))
        if not target or len(target) > LINK_BYTES:
            raise Unreadable(
                self.kind, f"the target of the link has {len(target or '')} characters; 1 to {LINK_BYTES} are possible"
            )
        return target

    def read(self, node: Node, offset_bytes: int, length_bytes: int) -> bytes:
        with errors_as_unreadable(self.kind):
            source = cast("RandomAccess", self._tree.open_file(cast("ExplorerNode", node)))
            return bytes(source.read_at(offset_bytes, length_bytes))


class Vfat(ExplorerFileSystem):
    """A FAT. Its names are the same in upper and lower case."""

    def lookup(self, folder: Node, name: str) -> Node | None:
        children = self._children(folder)
        return next((node for each, node in children.items() if each.casefold() == name.casefold()), None)


class Btrfs(ExplorerFileSystem):
    """A btrfs. Its subvolumes are folders, and each can be mounted separately."""

    def open_subvolume(self, subvolume: str) -> FileSystem | None:
        tree = cast("BtrfsFS", self._tree)
        if subvolume.isascii() and subvolume.isdigit():  # subvolid=5, where 0 means the top level
            number = int(subvolume[:20]) or _BTRFS_TOP
            return self._rooted_at(_btrfs_root(tree, number)) if _has_subvolume(tree, number) else None
        node = _btrfs_root(tree, _BTRFS_TOP)
        for name in subvolume.split("/"):
            if name:
                child = self.lookup(node, name)
                if child is None:
                    return None
                node = cast("ExplorerNode", child)
        return self._rooted_at(node)

    def _rooted_at(self, top: ExplorerNode) -> FileSystem:
        return Btrfs(self._tree, kind=self.kind, uuid=self.uuid, top=top, notes=self.notes)


def _has_subvolume(tree: BtrfsFS, number: int) -> bool:
    with errors_as_unreadable("btrfs"):
        if number >= 2**63:
            return False
        key = next((key for key, _item in tree.trees.iter_from(tree.sb.root, (number, _BTRFS_ROOT_ITEM, 0))), None)
        return key is not None and key[:2] == (number, _BTRFS_ROOT_ITEM)


def is_same_folder(first: FileSystem, second: FileSystem) -> bool:
    """Return True if two views of a btrfs have the same top folder: the same subvolume under two names."""
    tops = [each.root() for each in (first, second) if isinstance(each, Btrfs)]
    return len(tops) == 2 and cast("ExplorerNode", tops[0]).ref == cast("ExplorerNode", tops[1]).ref


def _btrfs_root(tree: BtrfsFS, subvolume: int) -> ExplorerNode:
    with errors_as_unreadable("btrfs"):
        from fs_explorer.entry import EntryType
        from fs_explorer.tree import Node as ExplorerNode

        _address, folder = tree.subvol_root(subvolume)
        return tree.stat(ExplorerNode("", EntryType.DIR, ref=(subvolume, folder), statted=False))


def open_btrfs(blocks: Blocks) -> FileSystem:
    """Open a btrfs on a single device.

    Raises:
        Unreadable: It is damaged, or has several devices.
    """
    tree = cast("BtrfsFS", open_with_driver("btrfs", blocks))
    if tree.sb.num_devices != 1:
        raise Unreadable("btrfs", f"it spans {tree.sb.num_devices} disks")
    notes = (_BTRFS_LOG_TREE,) if tree.sb.log_root else ()
    return Btrfs(tree, kind="btrfs", uuid=str(uuid.UUID(bytes=tree.sb.fsid)), notes=notes)


def open_ext(blocks: Blocks) -> FileSystem:
    """Open an ext2, ext3 or ext4.

    Raises:
        Unreadable: It is damaged, or has features that are not supported.
    """
    with errors_as_unreadable("ext4"):
        from guestinspect.disk.filesystems.ext_checksums import CheckedExt

        tree = CheckedExt(as_random_access(blocks), make_context())
    if tree.incompat & _EXT_CASEFOLD:
        raise Unreadable(tree.format, "case-insensitive folders (casefold) are not supported")
    if tree.ro_compat & _EXT_BIGALLOC:
        raise Unreadable(tree.format, "clusters of blocks (bigalloc) are not supported")
    notes = (_UNCLEAN,) if tree.incompat & _EXT_NEEDS_RECOVERY else ()
    return ExplorerFileSystem(tree, kind=tree.format, uuid=str(uuid.UUID(bytes=tree.uuid)), notes=notes)


def open_vfat(blocks: Blocks) -> FileSystem:
    """Open a FAT12, FAT16 or FAT32."""
    tree = cast("ExplorerTree", open_with_driver("vfat", blocks))
    first = blocks.read_at(0, 512)
    # BPB_FATSz16 is 0 in a FAT32, whose volume ID (BS_VolID) is at another byte. Source: Microsoft's FAT specification.
    is_fat32 = struct.unpack_from("<H", first, 22)[0] == 0
    low, high = struct.unpack_from("<HH", first, 67 if is_fat32 else 39)
    return Vfat(tree, kind="vfat", uuid=f"{high:04X}-{low:04X}")
