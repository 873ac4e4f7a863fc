"""ext2, ext3, ext4, btrfs and vfat, through fs-explorer."""

from __future__ import annotations

import stat
import struct
import uuid
from collections.abc import Hashable, Iterable, Mapping
from typing import TYPE_CHECKING, cast

from guestinspect.disk.blocks import Blocks
from guestinspect.disk.explorer import as_random_access, context, errors_as_unreadable, open_with_driver
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
_EXT_NEEDS_RECOVERY = 0x4
_EXT_CASEFOLD = 0x20000
_EXT_BIGALLOC = 0x200
_BTRFS_TOP = 5
_BTRFS_LOG_TREE = "its last seconds of writing were not finished (log tree); they are not looked at"
_UNFINISHED = "it was not unmounted: what its journal holds is not looked at"


class ExplorerFileSystem:
    """A file system that fs-explorer reads.

    Args:
        tree: Its reader.
        kind: As in fstab.
        uuid: As blkid writes it.
        top: The folder that is its root; None: the default one.
        notes: What a reader should know of it.
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

    def part(self, subvolume: str) -> FileSystem | None:
        return None

    def lookup(self, folder: Node, name: str) -> Node | None:
        return self._inside(folder).get(name)

    def names(self, folder: Node) -> Iterable[str]:
        return self._inside(folder)

    def _inside(self, folder: Node) -> Mapping[str, ExplorerNode]:
        """What is in a folder, by name. fs-explorer's own look-up takes names for the same that Linux tells apart."""
        node = cast("ExplorerNode", folder)
        if node.type.value != "dir":
            raise Unreadable(self.kind, "it is no folder")
        with errors_as_unreadable(self.kind):
            return self._folders.of(
                _identity(node), lambda: ((child.name, child) for child in self._tree.children(node, stat=False))
            )

    def status(self, node: Node) -> Status:
        with errors_as_unreadable(self.kind):
            filled = self._tree.stat(cast("ExplorerNode", node))
        if filled.error:
            raise Unreadable(self.kind, filled.error)
        mode = filled.mode or 0
        if not stat.S_IFMT(mode) or filled.nlink == 0:
            raise Unreadable(self.kind, "its entry is empty")
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
            raise Unreadable(self.kind, "a link has no target, or one that is too long")
        return target

    def read(self, node: Node, offset_bytes: int, length_bytes: int) -> bytes:
        with errors_as_unreadable(self.kind):
            source = cast("RandomAccess", self._tree.open_file(cast("ExplorerNode", node)))
            return bytes(source.read_at(offset_bytes, length_bytes))


def _identity(folder: ExplorerNode) -> Hashable:
    """What tells a folder from others: its inode, with that of its subvolume; in a FAT its first cluster."""
    reference = folder.ref
    return reference if isinstance(reference, int | tuple) else reference.cluster


class Vfat(ExplorerFileSystem):
    """Names there are the same in upper and lower case."""

    def lookup(self, folder: Node, name: str) -> Node | None:
        inside = self._inside(folder)
        return next((node for found, node in inside.items() if found.casefold() == name.casefold()), None)


class Btrfs(ExplorerFileSystem):
    """Its subvolumes are folders, and each can be mounted on its own."""

    def part(self, subvolume: str) -> FileSystem | None:
        tree = cast("BtrfsFS", self._tree)
        if subvolume.isascii() and subvolume.isdigit():
            return self._beginning_at(_btrfs_root(tree, int(subvolume) or _BTRFS_TOP))
        node = _btrfs_root(tree, _BTRFS_TOP)
        for name in subvolume.split("/"):
            if name:
                found = self.lookup(node, name)
                if found is None:
                    return None
                node = cast("ExplorerNode", found)
        return self._beginning_at(node)

    def _beginning_at(self, top: ExplorerNode) -> FileSystem:
        return Btrfs(self._tree, kind=self.kind, uuid=self.uuid, top=top, notes=self.notes)


def _btrfs_root(tree: BtrfsFS, subvolume: int) -> ExplorerNode:
    with errors_as_unreadable("btrfs"):
        from fs_explorer.entry import EntryType
        from fs_explorer.tree import Node as ExplorerNode

        _address, folder = tree.subvol_root(subvolume)
        return tree.stat(ExplorerNode("", EntryType.DIR, ref=(subvolume, folder), statted=False))


def btrfs(blocks: Blocks) -> FileSystem:
    """A btrfs on one device.

    Raises:
        Unreadable: It is damaged, or on several.
    """
    tree = cast("BtrfsFS", open_with_driver("btrfs", blocks))
    if tree.sb.num_devices != 1:
        raise Unreadable("btrfs", f"it is spread over {tree.sb.num_devices} disks")
    notes = (_BTRFS_LOG_TREE,) if tree.sb.log_root else ()
    return Btrfs(tree, kind="btrfs", uuid=str(uuid.UUID(bytes=tree.sb.fsid)), notes=notes)


def ext(blocks: Blocks) -> FileSystem:
    """An ext2, ext3 or ext4.

    Raises:
        Unreadable: It is damaged, or has features that are not understood.
    """
    with errors_as_unreadable("ext4"):
        from guestinspect.disk.filesystems.ext_checksums import CheckedExt

        tree = CheckedExt(as_random_access(blocks), context())
    if tree.incompat & _EXT_CASEFOLD:
        raise Unreadable(tree.format, "it does not tell names in upper and lower case apart")
    if tree.ro_compat & _EXT_BIGALLOC:
        raise Unreadable(tree.format, "its blocks are in clusters (bigalloc)")
    notes = (_UNFINISHED,) if tree.incompat & _EXT_NEEDS_RECOVERY else ()
    return ExplorerFileSystem(tree, kind=tree.format, uuid=str(uuid.UUID(bytes=tree.uuid)), notes=notes)


def vfat(blocks: Blocks) -> FileSystem:
    """A FAT of any width."""
    tree = cast("ExplorerTree", open_with_driver("vfat", blocks))
    first = blocks.read_at(0, 512)
    wide = struct.unpack_from("<H", first, 22)[0] == 0
    low, high = struct.unpack_from("<HH", first, 67 if wide else 39)
    return Vfat(tree, kind="vfat", uuid=f"{high:04X}-{low:04X}")
