"""The interface of a file system. Each library has one adapter with this interface."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, TypeAlias

from guestinspect.disk.tree import Status

Node: TypeAlias = object
"""A file, folder or link, in the representation of the adapter that returned it."""


class FileSystem(Protocol):
    """One file system, without those that are mounted in it. Links are not followed.

    Every method may raise Unreadable. A node is valid only for the file system that returned it.
    """

    kind: str
    """The type, as in fstab: ext4, xfs, btrfs, vfat."""

    uuid: str
    """The UUID, as blkid writes it."""

    label: str
    """The label; may be empty."""

    notes: tuple[str, ...]
    """Remarks for the reader, each a sentence after the name of the volume: "it was not unmounted: …"."""

    def root(self) -> Node:
        """Return the top folder."""

    def open_subvolume(self, subvolume: str) -> FileSystem | None:
        """Return the file system whose top folder is a subvolume; None: the subvolume does not exist.

        Args:
            subvolume: The path that fstab gives, or the number.
        """

    def lookup(self, folder: Node, name: str) -> Node | None:
        """Return the entry of this name in a folder; None: it does not exist."""

    def names(self, folder: Node) -> Iterable[str]:
        """Return the names in a folder, in any order, without "." and ".."; reads the folder only, not its entries."""

    def status(self, node: Node) -> Status:
        """Return the status of a node."""

    def link(self, node: Node) -> str:
        """Return the target of a link."""

    def read(self, node: Node, offset_bytes: int, length_bytes: int) -> bytes:
        """Return a part of a file; fewer bytes only at its end."""
