"""Which file systems a guest mounts, and where."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from guestinspect.disk.filesystems.filesystem import FileSystem
from guestinspect.disk.filesystems.volume_contents import VolumeContent
from guestinspect.disk.tree import Tree, Unreadable, lines

FSTAB = "/etc/fstab"

_MOST_LINES = 1000
_TAGS = ("UUID", "LABEL", "PARTUUID", "PARTLABEL")
_ELSEWHERE = re.compile(r"/dev/(sr|cdrom|dvd|fd|loop|zram|ram)")
_MAY_BE_AWAY = frozenset({"nofail", "noauto"})
_STARTS_WITHOUT = _MAY_BE_AWAY | {"_netdev", "x-systemd.automount"}
_OF_A_DISK = re.compile(r"/dev/((vd|sd|xvd|hd)[a-z]+[0-9]*|nvme[0-9]+n[0-9]+(p[0-9]+)?|mapper/[^/]+)")
_KNOWN_TO_BE_NONE = ("", "swap")
"""What a volume without a file system begins with, in the words of ``signature``."""


@dataclass(frozen=True)
class FstabEntry:
    """A line of fstab that names a file system on a disk.

    Args:
        line: Its number.
        source: As it stands there: "UUID=…", "/dev/vda1".
        folder: Where it is mounted, without a slash at the end; "/" for the root.
        options: As they stand there.
    """

    line: int
    source: str
    folder: str
    options: tuple[str, ...]

    @property
    def subvolume(self) -> str | None:
        """The subvolume of a btrfs that is mounted, by path or number; None: the default one."""
        for option in self.options:
            name, _, value = option.partition("=")
            if name in ("subvol", "subvolid"):
                return value
        return None

    @property
    def is_waited_for(self) -> bool:
        """Whether systemd gives the boot up without it. Source: systemd.mount(5), systemd-fstab-generator(8)."""
        return self.folder != "/" and _STARTS_WITHOUT.isdisjoint(self.options)

    @property
    def may_be_away(self) -> bool:
        """Whether the guest starts without it: then what is in the folder itself is what counts."""
        return not _MAY_BE_AWAY.isdisjoint(self.options)


def read_fstab(tree: Tree) -> Iterator[FstabEntry]:
    """The file systems on disks that a guest mounts, in the order of its fstab.

    Source: fstab(5), getmntent(3) for the escapes.

    Raises:
        Unreadable: The file.
    """
    for number, line in lines(tree, FSTAB):
        if number > _MOST_LINES:
            raise Unreadable(FSTAB, f"it has more than {_MOST_LINES} lines")
        fields = [_unescaped(field) for field in line.split()]
        if len(fields) < 3 or fields[0].startswith("#") or not fields[1].startswith("/") or fields[2] == "swap":
            continue
        source, folder, _kind, options = fields[0], fields[1], fields[2], tuple(",".join(fields[3:4]).split(","))
        if _is_on_a_disk(source) and not {"bind", "rbind"} & set(options):
            yield FstabEntry(number, source, posixpath.normpath("/" + folder.lstrip("/")), options)


def _unescaped(field: str) -> str:
    return re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8) & 0xFF), field)


def _is_on_a_disk(source: str) -> bool:
    return source.startswith(tuple(f"{tag}=" for tag in _TAGS)) or (
        source.startswith("/dev/") and not _ELSEWHERE.match(source)
    )


def find_volume(entry: FstabEntry, found: Iterable[VolumeContent]) -> VolumeContent | None:
    """The volume that a line of fstab names; None: it is not on this disk."""
    tag, value = _tag(entry.source)
    return next((one for one in found if _is_meant(tag, value, one)), None)


def missing_file_systems(tree: Tree, found: Iterable[VolumeContent]) -> Iterator[FstabEntry]:
    """The file systems that are for sure not on this disk, and without which systemd stops in its emergency mode.

    Args:
        tree: The root file system alone.
        found: What is on the disk.

    Raises:
        Unreadable: fstab could not be read.
    """
    found = tuple(found)
    if any(isinstance(one.content, Unreadable) and one.signature not in _KNOWN_TO_BE_NONE for one in found):
        return
    for entry in read_fstab(tree):
        if entry.is_waited_for and _names_what_was_seen(entry) and find_volume(entry, found) is None:
            yield entry


def _names_what_was_seen(entry: FstabEntry) -> bool:
    """Whether a look at all volumes of a disk tells if it is there: an ID or a path of the hardware is not seen."""
    tag, value = _tag(entry.source)
    return tag in _TAGS or _OF_A_DISK.fullmatch(value) is not None


def _tag(source: str) -> tuple[str, str]:
    """The kind and the value of a name: UUID=…, /dev/disk/by-uuid/…, or else a device."""
    by = re.fullmatch(r"/dev/disk/by-(uuid|label|partuuid|partlabel)/(.*)", source)
    if by:
        return by[1].upper(), re.sub(r"\\x([0-9a-f]{2})", lambda code: chr(int(code[1], 16)), by[2])
    if source.startswith("/dev/"):
        return "", source
    tag, _, value = source.partition("=")
    return tag, value.strip("\"'")


def _is_meant(tag: str, value: str, one: VolumeContent) -> bool:
    content = one.content
    if tag == "UUID":
        return not isinstance(content, Unreadable) and content.uuid.lower() == value.lower()
    if tag == "LABEL":
        return not isinstance(content, Unreadable) and bool(value) and content.label == value
    if tag == "PARTUUID":
        return one.volume.uuid.lower() == value.lower()
    if tag == "PARTLABEL":
        return bool(value) and one.volume.label == value
    return value in one.volume.devices


def read_mounts(tree: Tree, found: Iterable[VolumeContent]) -> dict[str, FileSystem | Unreadable]:
    """What is mounted where, besides the root.

    Args:
        tree: The root file system alone.
        found: What is on the disk.

    Raises:
        Unreadable: fstab could not be read.
    """
    found = tuple(found)
    mounted: dict[str, FileSystem | Unreadable] = {}
    for entry in read_fstab(tree):
        if entry.folder == "/":
            continue
        on = find_volume(entry, found)
        if on is not None:
            mounted[entry.folder] = mounted_content(on, entry)
        elif not entry.may_be_away:
            mounted[entry.folder] = Unreadable(
                entry.folder, f"{entry.source} ({FSTAB}:{entry.line}) is not readable here"
            )
    return mounted


def mounted_content(one: VolumeContent, entry: FstabEntry) -> FileSystem | Unreadable:
    """The file system that a line of fstab mounts, or why it cannot be read."""
    if isinstance(one.content, Unreadable) or entry.subvolume is None or one.content.kind != "btrfs":
        return one.content
    try:
        part = one.content.part(entry.subvolume)
    except Unreadable as unreadable:
        return unreadable
    return part or Unreadable(entry.folder, f"there is no subvolume {entry.subvolume} ({FSTAB}:{entry.line})")
