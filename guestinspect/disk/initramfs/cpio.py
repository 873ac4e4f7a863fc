"""The files of an initramfs: cpio archives, unpacked over each other as the kernel does.

fs-explorer parses the headers. Its own walk is not used: it reads one archive, and skips the content of the members.
Source: Linux, ``init/initramfs.c``; ``Documentation/driver-api/early-userspace/buffer-format.rst``.
"""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from guestinspect.disk.explorer import CpioHeader, read_cpio_header
from guestinspect.disk.filesystems.filesystem import FileSystem, Node
from guestinspect.disk.initramfs.byte_source import ByteSource
from guestinspect.disk.limits import LINK_BYTES, LINKS_FOLLOWED
from guestinspect.disk.tree import TEXT_LIMIT_BYTES, Status, Type, Unreadable

_TRAILER = "TRAILER!!!"
_NAME = "the initramfs"
_FORMATS = ("newc", "crc")
"""The formats that the kernel reads."""

_MOST_MEMBERS = 50_000
"""The most members of all archives; Debian's largest initramfs has some 4,000."""

_KEPT_BYTES = 16 * 1024**2
"""The length of all contents that are kept. Those of a Debian guest have 100 KiB, those of a dracut 300 KiB."""

_SHORT_BYTES = 16 * 1024
_LONGEST_NAME = 4096
"""PATH_MAX of Linux: a member with a longer name is not created."""

_TYPES = {stat.S_IFREG: Type.FILE, stat.S_IFDIR: Type.FOLDER, stat.S_IFLNK: Type.LINK}


@dataclass(eq=False, slots=True)
class _Member:
    """A file, folder or link.

    Args:
        type: The type.
        mode: The permission bits.
        modified_s: The last change, in seconds since 1970.
        size_bytes: The length of a file.
        content: The content of a file, or the target of a link; None: it was not kept.
        children: The members of a folder, by name.
    """

    type: Type
    mode: int = 0o755
    modified_s: int = 0
    size_bytes: int = 0
    content: bytes | None = None
    children: dict[str, _Member] = field(default_factory=dict)


class CpioFileSystem:
    """The root file system that the kernel makes of the archives. All names are kept, and the content of a few files.

    Args:
        is_wanted: Returns True if the content of the file with this path is to be kept. The path has no leading slash.
    """

    kind = "cpio"
    uuid = ""
    label = ""
    notes: tuple[str, ...] = ()

    def __init__(self, is_wanted: Callable[[str], bool]) -> None:
        self._is_wanted = is_wanted
        self._root = _Member(Type.FOLDER)
        self._members = 0
        self._kept_bytes = 0
        self._linked: dict[tuple[tuple[int, int], int], _Member] = {}

    def add_archive(self, source: ByteSource) -> None:
        """Add one archive; the source is behind its last member afterwards.

        Raises:
            Unreadable: It is damaged, or exceeds a limit.
        """
        self._linked.clear()  # the kernel forgets the inodes at the end of an archive
        while (header := read_cpio_header(source)) is not None and header.name != _TRAILER:
            if header.fmt not in _FORMATS or header.size < 0:
                raise Unreadable(_NAME, f"it has a cpio member of the format {header.fmt}, which no kernel reads")
            self._members += 1
            if self._members > _MOST_MEMBERS:
                raise Unreadable(_NAME, f"it has more than {_MOST_MEMBERS} members")
            content = self._read_content(header, source)
            if len(header.name) <= _LONGEST_NAME:
                self._add(header, content)

    def _read_content(self, header: CpioHeader, source: ByteSource) -> bytes | None:
        is_link = stat.S_ISLNK(header.mode)
        longest = LINK_BYTES if is_link else TEXT_LIMIT_BYTES
        is_kept = is_link or (stat.S_ISREG(header.mode) and self._is_wanted(_normalize(header.name)))
        # the name under which a file is wanted may come before the one that has the content
        is_kept = is_kept or (header.nlink > 1 and header.size <= _SHORT_BYTES)
        content = None
        if is_kept and header.size <= longest:
            content = source.read(header.size)
            self._kept_bytes += len(content)
            if len(content) < header.size or self._kept_bytes > _KEPT_BYTES:
                raise Unreadable(_NAME, "it is truncated, or has too many configuration files")
        else:
            source.skip(header.size)
        padding = -header.size % 4
        if len(source.read(padding)) < padding:
            raise Unreadable(_NAME, "it is truncated")
        return content

    def _add(self, header: CpioHeader, content: bytes | None) -> None:
        kind = _TYPES.get(stat.S_IFMT(header.mode), Type.OTHER)
        found = self._find_folder(header.name)
        if found is None:
            return
        folder, name = found
        existing = folder.children.get(name)
        if kind is Type.FOLDER and existing is not None and existing.type is Type.FOLDER:
            return
        member = _Member(kind, stat.S_IMODE(header.mode), header.mtime, header.size, content)
        if kind is Type.FILE and header.nlink > 1:
            # All names of a file share one inode; the last name, or each, has the content. Source: maybe_link.
            member = self._linked.setdefault((header.dev, header.ino), member)
            if header.size:
                member.size_bytes, member.content = header.size, content
        folder.children[name] = member

    def _find_folder(self, path: str) -> tuple[_Member, str] | None:
        """Return the folder of a new member and the member's name in it; None: the kernel could not create it.

        Links in the path are followed: ``lib`` is a link to ``usr/lib`` in many archives.
        """
        ahead = [part for part in reversed(path.split("/")) if part not in ("", ".")]
        above, links = [self._root], 0
        while len(ahead) > 1:
            part = ahead.pop()
            if part == "..":
                above = above[:-1] or [self._root]
                continue
            child = above[-1].children.get(part)
            if child is None:
                return None
            if child.type is Type.LINK and links < LINKS_FOLLOWED:
                links += 1
                target = (child.content or b"").decode("utf-8", "surrogateescape")
                above = [self._root] if target.startswith("/") else above
                ahead += [each for each in reversed(target.split("/")) if each not in ("", ".")]
            elif child.type is Type.FOLDER:
                above.append(child)
            else:
                return None
        return (above[-1], ahead[0]) if ahead and ahead[0] != ".." else None

    def root(self) -> Node:
        return self._root

    def open_subvolume(self, _subvolume: str) -> FileSystem | None:
        return None

    def lookup(self, folder: Node, name: str) -> Node | None:
        return _member(folder).children.get(name)

    def names(self, folder: Node) -> Iterable[str]:
        return _member(folder).children

    def status(self, node: Node) -> Status:
        member = _member(node)
        return Status(member.type, member.size_bytes, member.mode, modified_s=member.modified_s)

    def link(self, node: Node) -> str:
        target = _member(node).content
        if not target:
            raise Unreadable(_NAME, f"the target of the link is empty, or longer than {LINK_BYTES} bytes")
        return target.decode("utf-8", "surrogateescape")

    def read(self, node: Node, offset_bytes: int, length_bytes: int) -> bytes:
        content = _member(node).content
        if content is None:
            raise Unreadable(_NAME, "its content was not kept")
        return content[offset_bytes : offset_bytes + length_bytes]


def _member(node: Node) -> _Member:
    assert isinstance(node, _Member)
    return node


def _normalize(path: str) -> str:
    return "/".join(part for part in path.split("/") if part not in ("", "."))
