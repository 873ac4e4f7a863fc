"""A writer of cpio archives, for initramfs images: cpio(1) is not installed everywhere."""

from __future__ import annotations

import stat
from collections.abc import Iterable
from dataclasses import dataclass

_TRAILER = "TRAILER!!!"


@dataclass(frozen=True)
class Member:
    """A member of an archive.

    Args:
        name: The path, without a leading slash.
        content: The content of a file, or the target of a link.
        mode: The type and the permission bits.
        inode: The number that hard links share.
        links: The number of names of the file.
    """

    name: str
    content: bytes = b""
    mode: int = stat.S_IFREG | 0o644
    inode: int = 0
    links: int = 1


def folder(name: str) -> Member:
    """Return a folder."""
    return Member(name, mode=stat.S_IFDIR | 0o755)


def link(name: str, target: str) -> Member:
    """Return a symbolic link."""
    return Member(name, target.encode(), stat.S_IFLNK | 0o777)


def with_folders(members: Iterable[Member]) -> list[Member]:
    """Return members with the folders that they need, each before its content."""
    found: dict[str, Member] = {}
    for member in members:
        parts = member.name.split("/")
        for depth in range(1, len(parts)):
            above = "/".join(parts[:depth])
            found.setdefault(above, folder(above))
        found[member.name] = member
    return list(found.values())


def make_archive(members: Iterable[Member], magic: str = "070701") -> bytes:
    """Return an archive in the format newc. Source: cpio(5), "New ASCII Format"."""
    return b"".join(_encode(member, magic) for member in (*members, Member(_TRAILER, mode=0)))


def _encode(member: Member, magic: str) -> bytes:
    name = member.name.encode("utf-8", "surrogateescape") + b"\0"
    numbers = (member.inode, member.mode, 0, 0, member.links, 0, len(member.content), 0, 0, 0, 0, len(name), 0)
    header = magic.encode() + b"".join(b"%08X" % number for number in numbers)
    return _pad(header + name) + _pad(member.content)


def _pad(content: bytes) -> bytes:
    return content + bytes(-len(content) % 4)
