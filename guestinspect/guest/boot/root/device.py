"""The root file system to which the default boot entry leads, by the parameter ``root=`` of the kernel.

The root file system is missing only if that is certain: the entry was read whole, and the disk has nothing of the name.
There are many other ways to a root file system; what is not understood is unknown.

Source: Linux, ``block/early-lookup.c``; dracut.cmdline(7); initramfs-tools(7); systemd-fstab-generator(8).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace

from guestinspect.disk.device_names import DISK_DEVICE, TAGS, DiskVolumes, split_name
from guestinspect.disk.filesystems.filesystem import FileSystem
from guestinspect.disk.filesystems.volume_contents import VolumeContent
from guestinspect.disk.tree import Tree, Unreadable, is_file
from guestinspect.guest.boot.boot_menu import LIMIT_BYTES, Parameters
from guestinspect.guest.boot.kernel_command_line import NO_LOADER, list_default_entries
from guestinspect.guest.boot.root.device_kinds import find_buses, is_of_other_machine, is_unchecked
from guestinspect.guest.boot.root.missing_files import REMEDY, find_missing_kernel, list_doubts_of_initramfs
from guestinspect.guest.boot.root.parameters import RootParameters
from guestinspect.model.fact import Fact, Unknown
from guestinspect.model.guest import RootDevice

_FIRST_DISKS = ("a", "0n1", "0")
_BUILDERS_DEVICE = re.compile(r"/dev/(?:(loop)|nbd)[0-9]+(?:p[0-9]+)?")
_VOLUME_DEVICE = re.compile(
    r"/dev/mapper/(?!control$|mpath)[^/]+|/dev/(?!(?:disk|block|char|mapper|md|cciss|zvol)/)[^/]+/[^/]+"
)
"""A device of LVM or of the device mapper. Others in a folder of their own belong to certain hardware, RAID or ZFS."""

_DRACUT = ("/usr/bin/dracut", "/usr/sbin/dracut", "/sbin/dracut")
_EXT = frozenset({"ext2", "ext3", "ext4"})
_LONGEST_SHOWN = 120
_MOST_ENTRIES = 32
"""The number of different kernels that are compared; a guest that keeps three kernels has as many entries."""


def find_root_device(tree: Tree, volumes: DiskVolumes | None) -> Fact[RootDevice]:
    """Return the root file system that all entries name that may start by default.

    Args:
        tree: The guest's files.
        volumes: The volumes of its disk; None: they are not known.

    Raises:
        Unknown: The entries differ, name no root, or find it in a way that is not understood.
    """
    if volumes is None:
        raise Unknown("the volumes of the disk are not known")
    entries: dict[tuple[str, ...], Parameters] = {}
    for entry in list_default_entries(tree):
        files = (entry.kernel, f"{entry.initrds}", f"{entry.is_conditional}")
        entries.setdefault((*entry.value, *files), entry)
        if len(entries) > _MOST_ENTRIES:
            raise Unknown(f"more than {_MOST_ENTRIES} kernels may start by default")
    if not entries:
        raise Unknown(NO_LOADER)
    roots = [_find_root(tree, volumes, entry) for entry in entries.values()]
    first = roots[0]
    for other in roots:
        first_root, other_root = (replace(each.value, wrong="", right="") for each in (first, other))
        if first_root != other_root and not (first_root.missing and other_root.missing):
            raise Unknown(f"the root file system differs between {first.location} and {other.location}")
    return first


def _find_root(tree: Tree, volumes: DiskVolumes, entry: Parameters) -> Fact[RootDevice]:
    """Return the root file system of an entry; the reason why there is none may be that its kernel is not there.

    Raises:
        Unknown: It is not known which file system the entry leads to.
    """
    try:
        root = _RootSearch(tree, volumes, RootParameters(entry)).find()
    except Unknown:
        missing, _ = find_missing_kernel(tree, volumes, entry)
        if not missing:
            raise
        root = Fact(RootDevice("", guest_volume=_describe(volumes.root)), entry.location)
    if root.value.missing:
        return root
    missing, doubt = find_missing_kernel(tree, volumes, entry)
    remedy = REMEDY if missing else ""
    value = replace(root.value, missing=missing, remedy=remedy, doubt=root.value.doubt or doubt)
    return Fact(value, root.location)


@dataclass(frozen=True)
class _Obstacle:
    """The reason why an entry certainly leads to no root file system.

    Args:
        why: The reason, as a clause.
        wrong: The parameter that causes it.
        right: The parameter in its place; None: it is not known. An empty text removes the parameter.
    """

    why: str
    wrong: str
    right: str | None


@dataclass(frozen=True)
class _RootSearch:
    """The search for the root file system of one entry.

    Args:
        tree: The guest's files.
        volumes: The volumes of its disk.
        parameters: The parameters of the entry.
    """

    tree: Tree
    volumes: DiskVolumes
    parameters: RootParameters

    def find(self) -> Fact[RootDevice]:
        """Return the root file system of the entry.

        Raises:
            Unknown: It is not certain whether the disk has it.
        """
        name, location = self.parameters.name, self.parameters.location
        content = self._find_volume(name)
        obstacle = self._find_obstacle_of_name(content) or self._find_obstacle_of_subvolume(content)
        obstacle = obstacle or self._find_obstacle_of_lvm()
        if obstacle and self.parameters.make_devices:
            raise Unknown(f"{obstacle.why}, but other parameters may make it ({location})")
        wrong, right = (obstacle.wrong, obstacle.right) if obstacle else (f"root={name}", self._name_of_guest())
        buses = find_buses(name)
        is_correctable = (obstacle or buses is not None) and right is not None and self._is_in_file(wrong)
        root = RootDevice(
            name[:_LONGEST_SHOWN],
            buses,
            missing=obstacle.why if obstacle else "",
            doubt="" if obstacle else next(self._list_doubts(content), ""),
            guest_volume=_describe(self.volumes.root),
            guest_name=self._name_of_guest() or "",
            wrong=wrong if is_correctable else "",
            right=(right or "") if is_correctable else "",
        )
        return Fact(root, location)

    def _find_volume(self, name: str) -> VolumeContent | None:
        """Return the volume that ``root`` names; None: it is not on the disk.

        Raises:
            Unknown: It is not certain.
        """
        if _BUILDERS_DEVICE.fullmatch(name):
            return None
        if disk := DISK_DEVICE.fullmatch(name):
            is_first = (disk[2] or disk[5]) in _FIRST_DISKS
            return self.volumes.find_partition(disk[3] or disk[6] or "") if is_first else None
        tag, value = split_name(name)
        if is_unchecked(self.parameters) or is_of_other_machine(name):
            return None
        if (tag in TAGS and value) or (not tag and _VOLUME_DEVICE.fullmatch(value)):
            return self.volumes.find(name)
        raise Unknown(f"{self.parameters.root} cannot be checked ({self.parameters.location})")

    def _find_obstacle_of_name(self, content: VolumeContent | None) -> _Obstacle | None:
        """Return the reason why no volume of the disk has the name of the root, or None."""
        name = self.parameters.name
        disk, builders = DISK_DEVICE.fullmatch(name), _BUILDERS_DEVICE.fullmatch(name)
        is_uncertain = is_unchecked(self.parameters) or (disk and (disk[2] or disk[5]) not in _FIRST_DISKS)
        if content is not None or is_uncertain:
            return None
        if is_of_other_machine(name):
            why = "is a disk of another machine, by its model and serial number"
        elif builders:
            kind = "a loop device" if builders[1] else "a network block device"
            why = f"is {kind}, which exists only where the image was built"
        elif disk and not (disk[3] or disk[6]):
            why = "is the whole disk, which has partitions"
        elif disk or split_name(name)[0].startswith("PART"):
            why = "names a partition that is not on the disk"
        else:
            why = f"names a {'file system' if split_name(name)[0] else 'volume'} that is not on the disk"
        return _Obstacle(f"{self.parameters.root} {why}", f"root={name}", self._name_of_guest())

    def _find_obstacle_of_subvolume(self, content: VolumeContent | None) -> _Obstacle | None:
        """Return the reason why the file system does not have the subvolume that ``rootflags`` names, or None."""
        is_readable = content is not None and not isinstance(content.filesystem, Unreadable)
        if content is None or not is_readable or self._mounted(content) is not None:
            return None
        flags, known = self.parameters.flags, self.volumes.subvolume
        right = re.sub(r"\bsubvol(id)?=[^,]*", f"subvol={known}", flags) if known and not known.isdigit() else None
        why = f"rootflags={flags[:_LONGEST_SHOWN]} names a subvolume that the file system does not have"
        return _Obstacle(why, f"rootflags={flags}", None if right is None else f"rootflags={right}")

    def _find_obstacle_of_lvm(self) -> _Obstacle | None:
        """Return the logical volume for which dracut waits and which is not on the disk, or None.

        Other programs that make an initramfs ignore the parameter. Source: dracut, ``modules.d/90lvm/parse-lvm.sh``.
        """
        for name in self.parameters.logical_volumes if self._has_dracut() else ():
            if self.volumes.find(f"/dev/{name}") is None:
                parameter = f"rd.lvm.lv={name}"
                why = f"{parameter[:_LONGEST_SHOWN]} names a volume that is not on the disk"
                return _Obstacle(why, parameter, "")
        return None

    def _list_doubts(self, content: VolumeContent | None) -> Iterator[str]:
        """Yield the reasons, as clauses, why the entry may not start the guest that was inspected."""
        root, subvolume, kinds = self.parameters.root, self.parameters.subvolume, self.parameters.kinds
        if content is None:
            is_of_disk = DISK_DEVICE.fullmatch(self.parameters.name)
            yield f"{root} names another disk than the first" if is_of_disk else f"{root} cannot be checked"
            return
        mounted = self._mounted(content)
        if mounted is None:
            yield f"{root} names {_describe(content)}, which could not be read"
            return
        if not self.volumes.is_root(content, mounted):
            subfolder = f", subvolume {subvolume}" if subvolume else ""
            guest = _describe(self.volumes.root)
            yield f"{root} starts from {_describe(content)}{subfolder}, but the guest on {guest} was inspected"
        yield from list_doubts_of_initramfs(self.tree, self.volumes, self.parameters)
        if subvolume and mounted.kind != "btrfs":
            yield f"rootflags={self.parameters.flags[:_LONGEST_SHOWN]} names a subvolume, but {root} is {mounted.kind}"
        is_same_kind = mounted.kind in kinds or (mounted.kind in _EXT and not _EXT.isdisjoint(kinds))
        if kinds and "auto" not in kinds and not is_same_kind:
            yield f"rootfstype={','.join(kinds)[:_LONGEST_SHOWN]}, but {root} is {mounted.kind}"
        yield from self._list_doubts_of_spelling(mounted)
        volume, started = content.volume.name, self.parameters.logical_volumes
        if started and "/" in volume and volume not in started and not self.parameters.values("rd.lvm.vg"):
            yield f"{root} is not among the volumes that rd.lvm.lv starts"

    def _list_doubts_of_spelling(self, mounted: FileSystem) -> Iterator[str]:
        """Yield the doubts about a name that only some programs read as it is meant.

        dracut writes UUIDs in lower case, and a label as udev encodes it; initramfs-tools compares the text, and splits
        the command line at every space. Source: dracut, ``dracut-lib.sh``; initramfs-tools, ``scripts/functions``.
        """
        tag, value = split_name(self.parameters.name)
        is_other_case = (tag == "UUID" and value != mounted.uuid) or (
            tag == "PARTUUID" and value.partition("/")[0] != value.partition("/")[0].lower()
        )
        if is_other_case and self.parameters.has_initramfs and not self._has_dracut():
            yield f"{self.parameters.root} is spelled in another case, in which not every initramfs finds it"
        is_encoded = "\\x" in self.parameters.name and not self.parameters.name.startswith("/dev/")
        if is_encoded or re.search(r"[\s\"']", self.parameters.name):
            yield f"{self.parameters.root} has quotes, spaces or codes, which not every initramfs reads"

    def _mounted(self, content: VolumeContent) -> FileSystem | None:
        """Return the file system that is mounted as the root; None: it cannot be read, or has no such subvolume."""
        filesystem, subvolume = content.filesystem, self.parameters.subvolume
        if isinstance(filesystem, Unreadable):
            return None
        return filesystem.open_subvolume(subvolume) if subvolume and filesystem.kind == "btrfs" else filesystem

    def _name_of_guest(self) -> str | None:
        """Return the parameter that names the root file system of the guest."""
        uuid = self.volumes.root_folder.uuid
        return f"root=UUID={uuid}" if uuid else None

    def _has_dracut(self) -> bool:
        return any(is_file(self.tree, path) for path in _DRACUT)

    def _is_in_file(self, parameter: str) -> bool:
        """Return True if the configuration has a parameter as it is, and not in a variable or with escapes.

        A program must not be edited, and in ``/efi`` tools that mount by fstab find no files.
        """
        path = re.sub(":[0-9]+$", "", self.parameters.location)
        if path.endswith(".efi") or path.startswith("/efi/"):
            return False
        with suppress(Unreadable):
            content = self.tree.read(path, LIMIT_BYTES) or b""
            return parameter.encode("utf-8", "surrogateescape") in content
        return False


def _describe(content: VolumeContent) -> str:
    """Return a volume in words: ``partition 1 (ext4, UUID=…)``."""
    if isinstance(content.filesystem, Unreadable):
        return content.volume.name
    filesystem = content.filesystem
    return f"{content.volume.name} ({filesystem.kind}, UUID={filesystem.uuid})"
