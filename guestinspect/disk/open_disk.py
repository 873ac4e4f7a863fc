"""A disk with its volumes, the kind of its guest, and the guest's files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from guestinspect.disk.blocks import Blocks, CachedBlocks
from guestinspect.disk.container import open_container
from guestinspect.disk.device_names import DiskVolumes
from guestinspect.disk.filesystems.filesystem import FileSystem
from guestinspect.disk.filesystems.volume_contents import VolumeContent, read_volumes
from guestinspect.disk.fstab import FstabEntry, find_volume, missing_file_systems, read_fstab, read_mounts
from guestinspect.disk.mounted_tree import MountedTree
from guestinspect.disk.tree import Tree, Type, Unreadable
from guestinspect.disk.volumes.partitions import (
    EFI_SYSTEM,
    KINDS_WITHOUT_FILE_SYSTEM,
    PartitionLayout,
    read_partitions,
)
from guestinspect.signatures import ISO, NTFS, read_signature


class DiskKind(StrEnum):
    """The kind of guest on a disk."""

    LINUX = "linux"
    WINDOWS = "windows"
    INSTALLER = "installer"
    NOTHING = "nothing"


@dataclass(frozen=True)
class OpenDisk:
    """A disk with its volumes.

    Args:
        disk_format: qcow2, raw, vmdk …
        size_bytes: The virtual size.
        layout: The partitioning.
        contents: The content of each volume.
        unclean_file_systems: A sentence for each file system that was not unmounted: some changes are not inspected.
        outcome: The kind of guest, or why it is unknown.
        root: The files of the guest, if it is a Linux.
        missing: The file systems without which the guest does not boot, and that are not on the disk.
        other_systems: The files of other systems that are on the disk, such as a copy, by the name of their volume.
        volumes: The volumes by the names that the guest uses for them, if it is a Linux.
    """

    disk_format: str
    size_bytes: int
    layout: PartitionLayout
    contents: tuple[VolumeContent, ...]
    unclean_file_systems: tuple[str, ...]
    outcome: DiskKind | Unreadable
    root: MountedTree | None = None
    missing: tuple[FstabEntry, ...] = ()
    other_systems: Mapping[str, Tree] = field(default_factory=dict)
    volumes: DiskVolumes | None = None

    @property
    def kind(self) -> DiskKind:
        """The kind of guest.

        Raises:
            Unreadable: The kind is unknown.
        """
        if isinstance(self.outcome, Unreadable):
            raise self.outcome
        return self.outcome

    @property
    def tree(self) -> Tree:
        """The files of a Linux guest.

        Raises:
            Unreadable: There is no Linux guest, or it cannot be read.
        """
        if self.root is None:
            raise Unreadable("the guest", f"the content of the disk is {self.kind}, not a Linux guest")
        return self.root

    @property
    def efi(self) -> Tree | None:
        """The files of the EFI system partition, wherever the guest mounts it; None: the disk has none.

        Raises:
            Unreadable: The partition exists, but cannot be read.
        """
        for content in self.contents:
            if content.volume.kind in EFI_SYSTEM:
                if isinstance(content.filesystem, Unreadable):
                    raise content.filesystem
                return MountedTree(content.filesystem)
        return None


def open_disk(blocks: Blocks, disk_format: str | None = None) -> OpenDisk:
    """Open a disk.

    Args:
        blocks: The file, as it is stored.
        disk_format: The declared format, in Glance's words; None: it is detected.

    Raises:
        Unreadable: The format is not supported, or the partition table is damaged.
    """
    disk_format, disk = open_container(CachedBlocks(blocks), disk_format)
    layout, volumes = read_partitions(disk)
    contents = read_volumes(volumes)
    root: MountedTree | None = None
    missing: tuple[FstabEntry, ...] = ()
    others: dict[str, Tree] = {}
    names: DiskVolumes | None = None
    outcome: DiskKind | Unreadable
    try:  # a disk whose guest is unknown is still a disk: its partitions and boot loader are inspected
        roots = _find_roots(contents)
        if roots:
            alone = MountedTree(roots[0].filesystem)
            root = MountedTree(roots[0].filesystem, _with_efi(read_mounts(alone, contents), alone, contents))
            missing = tuple(missing_file_systems(alone, contents))
            names = DiskVolumes(contents, roots[0].content, roots[0].filesystem, roots[0].subvolume)
            copies = (each for each in roots if each.content is not roots[0].content)
            others = {each.content.volume.name: MountedTree(each.filesystem) for each in copies}
        outcome = DiskKind.LINUX if root else _kind_without_root(disk, contents)
    except Unreadable as unreadable:
        outcome = unreadable
    unclean_file_systems = tuple(
        f"{content.volume.name}: {note}"
        for content in contents
        if not isinstance(content.filesystem, Unreadable)
        for note in content.filesystem.notes
    )
    return OpenDisk(
        disk_format, disk.size_bytes, layout, contents, unclean_file_systems, outcome, root, missing, others, names
    )


_EFI = "/efi"


def _with_efi(
    mounts: dict[str, FileSystem | Unreadable], alone: Tree, contents: Iterable[VolumeContent]
) -> dict[str, FileSystem | Unreadable]:
    """Return the mounts with the EFI system partition, which systemd mounts although fstab does not name it.

    Source: systemd-gpt-auto-generator(8). It may choose ``/boot``, but the boot loader's files are found in both.

    Args:
        mounts: The file systems that fstab mounts, by mount point.
        alone: The files of the root file system.
        contents: The content of each volume of the disk.
    """
    efi = next((each.filesystem for each in contents if each.volume.kind in EFI_SYSTEM), None)
    is_readable = efi is not None and not isinstance(efi, Unreadable)
    if efi is None or not is_readable or efi in mounts.values() or _EFI in mounts or alone.names(_EFI):
        return mounts
    return {**mounts, _EFI: efi}


_ROOT_KINDS = frozenset(
    {
        "4f68bce3-e8cd-4db1-96e7-fbcaf984b709",  # x86-64
        "b921b045-1df0-41c3-af44-4c6f280d3fae",  # arm64
    }
)
"""Partition types of root file systems. Source: the Discoverable Partitions Specification of the UAPI group."""

_SUBVOLUMES = ("@", "root", "@rootfs", "@root", "rootfs", "5")
"""Subvolumes of a btrfs in which distributions have their root (Ubuntu, Fedora, Debian, Arch); 5: the top level."""


@dataclass(frozen=True)
class _Candidate:
    """A file system that may be the root of a guest.

    Args:
        content: The volume.
        filesystem: Its file system, or a subvolume.
        subvolume: Of a btrfs; empty: the default one.
    """

    content: VolumeContent
    filesystem: FileSystem
    subvolume: str = ""

    @classmethod
    def all_in(cls, content: VolumeContent) -> Iterator[_Candidate]:
        """The candidates on a volume: its file system, or else the subvolumes of a btrfs."""
        filesystem = content.filesystem
        if isinstance(filesystem, Unreadable):
            return
        if _is_root(filesystem):
            yield cls(content, filesystem)
        elif filesystem.kind == "btrfs":
            for name in _SUBVOLUMES:
                subvolume = filesystem.open_subvolume(name)
                if subvolume and _is_root(subvolume):
                    yield cls(content, subvolume, name)

    def is_own_root(self, contents: Iterable[VolumeContent]) -> bool:
        """Return True if the fstab of the file system mounts this very file system as the root."""
        for entry in read_fstab(MountedTree(self.filesystem)):
            if entry.folder == "/":
                subvolume = (entry.subvolume or "").strip("/")
                return find_volume(entry, contents) is self.content and subvolume in (self.subvolume, "")
        return False


def _find_roots(contents: tuple[VolumeContent, ...]) -> list[_Candidate]:
    """Return the root file system of the guest that the disk boots, then those of other systems; empty: there is none.

    Raises:
        Unreadable: Several file systems may be the root, or the root may be on a damaged one.
    """
    candidates: list[_Candidate] = []
    damaged: list[Unreadable] = []
    for content in contents:
        try:
            candidates.extend(_Candidate.all_in(content))
        except Unreadable as unreadable:
            damaged.append(Unreadable(content.volume.name, unreadable.reason))
    if damaged and not candidates:
        raise damaged[0]
    # The fstab of a copy, or of a rescue system, may name another root. Neither test decides alone: a guest may have no
    # line for its root, and an MBR has no partition types for root file systems.
    booting = candidates
    if len(booting) > 1:
        booting = [each for each in booting if each.is_own_root(contents)] or booting
    if len(booting) > 1:
        booting = [each for each in booting if each.content.volume.kind in _ROOT_KINDS] or booting
    if len(booting) > 1:
        names = ", ".join(f"{each.content.volume.name} {each.subvolume}".strip() for each in booting)
        raise Unreadable("the guest", f"several systems are on the disk ({names}), and nothing shows which one boots")
    return [*booting, *(each for each in candidates if each not in booting)]


def _is_root(filesystem: FileSystem) -> bool:
    tree = MountedTree(filesystem)
    # /bin and /sbin are links where the root has no /usr of its own (merged /usr on another partition).
    return _is_folder(tree, "/etc") and any(
        tree.link(path) or _is_folder(tree, path) for path in ("/usr", "/sbin", "/bin")
    )


def _is_folder(tree: Tree, path: str) -> bool:
    status = tree.status(path)
    return status is not None and status.type is Type.FOLDER


_INSTALLER_FOLDERS = ("/isolinux", "/syslinux", "/live", "/casper", "/LiveOS", "/install.amd", "/images/pxeboot")
_EMPTY_BYTES = 1024**2


def _kind_without_root(disk: Blocks, contents: tuple[VolumeContent, ...]) -> DiskKind:
    """Return the kind of a disk without the root file system of a Linux.

    Raises:
        Unreadable: An unreadable volume may hold one.
    """
    trees = [MountedTree(each.filesystem) for each in contents if not isinstance(each.filesystem, Unreadable)]
    signatures = {each.signature for each in contents}

    def has_any(*paths: str) -> bool:
        return any(tree.status(path) for tree in trees for path in paths)

    if signatures & {NTFS, "BitLocker"} or has_any("/EFI/Microsoft"):
        return DiskKind.WINDOWS
    # A hybrid ISO has a partition table, too, so that the signature of the disk as a whole counts as well.
    if ISO in signatures | {read_signature(disk.read_at)} or has_any(*_INSTALLER_FOLDERS):
        return DiskKind.INSTALLER
    if not any(disk.read_at(0, _EMPTY_BYTES)):
        return DiskKind.NOTHING
    for each in contents:
        is_possible_root = each.volume.kind not in KINDS_WITHOUT_FILE_SYSTEM and each.signature != "swap"
        if is_possible_root and isinstance(each.filesystem, Unreadable):
            raise each.filesystem
    if has_any("/ostree/deploy"):
        raise Unreadable("the guest", "OSTree assembles its root file system only at boot")
    return DiskKind.NOTHING
