"""What is asked of a file system. One adapter per library stands behind it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, TypeAlias

from guestinspect.disk.tree import Status

Node: TypeAlias = object
"""A file, folder or link, as the adapter that gave it knows it."""


class FileSystem(Protocol):
    """One file system, without what is mounted in it. Links are not followed.

    Every call may raise Unreadable. A node is only good for the file system that gave it.
    """

    kind: str
    """As in fstab: ext4, xfs, btrfs, vfat."""

    uuid: str
    """As blkid writes it."""

    label: str
    """Its own name, or empty."""

    notes: tuple[str, ...]
    """What a reader should know of it, each the end of a sentence that begins with its name."""

    def root(self) -> Node:
        """Its top folder."""

    def part(self, subvolume: str) -> FileSystem | None:
        """The file system whose top folder is this subvolume, by the path that fstab gives or its number; None: there
        is none."""

    def lookup(self, folder: Node, name: str) -> Node | None:
        """What has this name in a folder; None: nothing."""

    def names(self, folder: Node) -> Iterable[str]:
        """The names in a folder, in any order, without "." and "..". Reads the folder, not what is in it."""

    def status(self, node: Node) -> Status:
        """What the file system says of a node."""

    def link(self, node: Node) -> str:
        """Where a link points."""

    def read(self, node: Node, offset_bytes: int, length_bytes: int) -> bytes:
        """A part of a file; fewer bytes only at its end."""
