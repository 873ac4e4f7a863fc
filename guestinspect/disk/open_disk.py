"""A disk with a guest on it: how it is divided, what kind of guest that is, and its files."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from guestinspect.disk.blocks import Blocks, CachedBlocks
from guestinspect.disk.container import open_container
from guestinspect.disk.filesystems import signature
from guestinspect.disk.filesystems.filesystem import FileSystem
from guestinspect.disk.filesystems.volume_contents import VolumeContent, read_volumes
from guestinspect.disk.fstab import FstabEntry, find_volume, missing_file_systems, read_fstab, read_mounts
from guestinspect.disk.mounted_tree import MountedTree
from guestinspect.disk.tree import Tree, Type, Unreadable
from guestinspect.disk.volumes.partitions import EFI_SYSTEM, PartitionLayout, partitions


class DiskKind(StrEnum):
    """What is on a disk."""

    LINUX = "linux"
    WINDOWS = "windows"
    INSTALLER = "installer"
    NOTHING = "nothing"


@dataclass(frozen=True)
class OpenDisk:
    """A disk that was opened.

    Args:
        disk_format: qcow2, raw, vmdk …
        size_bytes: As a machine sees it.
        layout: How it is divided.
        found: What is on its volumes.
        unclean_file_systems: The file systems that were not unmounted, and what is not looked at for that.
        outcome: What kind of guest there is, or why nobody can tell.
        root: The guest's files, where it is a Linux.
        missing: The file systems that it waits for at boot, and that are not here.
    """

    disk_format: str
    size_bytes: int
    layout: PartitionLayout
    found: tuple[VolumeContent, ...]
    unclean_file_systems: tuple[str, ...]
    outcome: DiskKind | Unreadable
    root: MountedTree | None = None
    missing: tuple[FstabEntry, ...] = ()

    @property
    def kind(self) -> DiskKind:
        """What is on the disk.

        Raises:
            Unreadable: Nobody can tell.
        """
        if isinstance(self.outcome, Unreadable):
            raise self.outcome
        return self.outcome

    @property
    def tree(self) -> Tree:
        """The files of a Linux guest.

        Raises:
            Unreadable: There is none, or it cannot be read.
        """
        if self.root is None:
            raise Unreadable("the guest", f"what is on the disk is {self.kind}, not a Linux guest")
        return self.root

    @property
    def efi(self) -> Tree | None:
        """The files of the EFI system partition, wherever the guest mounts it; None: there is none.

        Raises:
            Unreadable: There is one, and it cannot be read.
        """
        for one in self.found:
            if one.volume.kind in EFI_SYSTEM:
                if isinstance(one.content, Unreadable):
                    raise one.content
                return MountedTree(one.content)
        return None


def open_disk(blocks: Blocks, disk_format: str | None = None) -> OpenDisk:
    """Opens a disk.

    Args:
        blocks: The file, as it is stored.
        disk_format: What it is said to be, in Glance's words; None: what it looks like.

    Raises:
        Unreadable: Its format is not understood, or its partition table is damaged.
    """
    seen, bits = open_container(CachedBlocks(blocks), disk_format)
    layout, volumes = partitions(bits)
    found = read_volumes(volumes)
    root: MountedTree | None = None
    missing: tuple[FstabEntry, ...] = ()
    outcome: DiskKind | Unreadable
    try:
        top = _root(found)
        if top:
            alone = MountedTree(top)
            root = MountedTree(top, read_mounts(alone, found))
            missing = tuple(missing_file_systems(alone, found))
        outcome = DiskKind.LINUX if root else _without_linux(bits, found)
    except Unreadable as unreadable:
        outcome = unreadable
    unclean_file_systems = tuple(
        f"{one.volume.name}: {note}"
        for one in found
        if not isinstance(one.content, Unreadable)
        for note in one.content.notes
    )
    return OpenDisk(seen, bits.size_bytes, layout, found, unclean_file_systems, outcome, root, missing)


_ROOT_KINDS = frozenset(
    {
        "4f68bce3-e8cd-4db1-96e7-fbcaf984b709",  # x86-64
        "b921b045-1df0-41c3-af44-4c6f280d3fae",  # arm64
    }
)
"""Partitions that say that they hold a root file system.

Source: the Discoverable Partitions Specification of the UAPI group.
"""

_SUBVOLUMES = ("@", "root", "@rootfs", "@root", "rootfs", "5")
"""Where distributions put their root in a btrfs, if it is not the default subvolume: Ubuntu, Fedora, Debian, Arch."""


@dataclass(frozen=True)
class _Candidate:
    """A file system that looks like the root of a guest.

    Args:
        subvolume: Of a btrfs; empty: the default one.
    """

    on: VolumeContent
    filesystem: FileSystem
    subvolume: str = ""

    def says_so(self, found: Iterable[VolumeContent]) -> bool:
        """Whether its own fstab mounts it as the root."""
        for entry in read_fstab(MountedTree(self.filesystem)):
            if entry.folder == "/":
                subvolume = (entry.subvolume or "").strip("/")
                return find_volume(entry, found) is self.on and subvolume in (self.subvolume, "")
        return False


def _root(found: tuple[VolumeContent, ...]) -> FileSystem | None:
    """The root file system of the guest that the disk starts; None: there is none.

    Raises:
        Unreadable: There are several, and nothing tells which; or it may be on one that is damaged.
    """
    candidates: list[_Candidate] = []
    damaged: list[Unreadable] = []
    for one in found:
        try:
            candidates.extend(_candidates(one))
        except Unreadable as unreadable:
            damaged.append(Unreadable(one.volume.name, unreadable.reason))
    if damaged and not candidates:
        raise damaged[0]
    if len(candidates) > 1:
        candidates = [one for one in candidates if one.says_so(found)] or candidates
    if len(candidates) > 1:
        candidates = [one for one in candidates if one.on.volume.kind in _ROOT_KINDS] or candidates
    if len(candidates) > 1:
        shown = ", ".join(f"{one.on.volume.name} {one.subvolume}".strip() for one in candidates)
        raise Unreadable(
            "the guest", f"there are several systems on the disk ({shown}), and nothing tells which starts"
        )
    return candidates[0].filesystem if candidates else None


def _candidates(one: VolumeContent) -> Iterator[_Candidate]:
    content = one.content
    if isinstance(content, Unreadable):
        return
    if _is_root(content):
        yield _Candidate(one, content)
    elif content.kind == "btrfs":
        for subvolume in _SUBVOLUMES:
            part = content.part(subvolume)
            if part and _is_root(part):
                yield _Candidate(one, part, subvolume)


def _is_root(filesystem: FileSystem) -> bool:
    tree = MountedTree(filesystem)
    return _is_folder(tree, "/etc") and any(
        tree.link(path) or _is_folder(tree, path) for path in ("/usr", "/sbin", "/bin")
    )


def _is_folder(tree: Tree, path: str) -> bool:
    status = tree.status(path)
    return status is not None and status.type is Type.FOLDER


_NO_GUEST = frozenset(
    {
        "21686148-6449-6e6f-744e-656564454649",  # BIOS boot
        "e3c9e316-0b5c-4db8-817d-f92df00215ae",  # Microsoft reserved
        "9e1a2d38-c612-4316-aa26-8b49521e5a8b",  # PReP boot
        "0x41",  # PReP boot
    }
)
_LIVE = ("/isolinux", "/syslinux", "/live", "/casper", "/LiveOS", "/install.amd", "/images/pxeboot")
_EMPTY_BYTES = 1024**2


def _without_linux(bits: Blocks, found: tuple[VolumeContent, ...]) -> DiskKind:
    """What is on a disk without the root of a Linux guest.

    Raises:
        Unreadable: There may be one on what could not be read.
    """
    trees = [MountedTree(one.content) for one in found if not isinstance(one.content, Unreadable)]
    held = {one.signature for one in found}
    if held & {signature.NTFS, "BitLocker"} or any(_has(tree, "/EFI/Microsoft") for tree in trees):
        return DiskKind.WINDOWS
    if signature.ISO in held | {signature.signature(bits)} or any(_has(tree, *_LIVE) for tree in trees):
        return DiskKind.INSTALLER
    unread = [one for one in found if isinstance(one.content, Unreadable) and one.volume.kind not in _NO_GUEST]
    if not any(bits.read_at(0, _EMPTY_BYTES)):
        return DiskKind.NOTHING
    for one in unread:
        if one.signature != "swap" and isinstance(one.content, Unreadable):
            raise one.content
    if any(_has(tree, "/ostree/deploy") for tree in trees):
        raise Unreadable("the guest", "it is put together by OSTree when it starts")
    return DiskKind.NOTHING


def _has(tree: Tree, *paths: str) -> bool:
    return any(tree.status(posixpath.normpath(path)) for path in paths)
