"""A file system in memory with the interface of one on a disk, so that guests are inspected in the same way."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias, cast

from guestinspect.disk.filesystems.filesystem import FileSystem, Node
from guestinspect.disk.tree import Status, Type, Unreadable


@dataclass(frozen=True)
class Link:
    """A symbolic link."""

    target: str


@dataclass(frozen=True)
class Damaged:
    """An entry that cannot be read."""


@dataclass
class Folder:
    """A folder.

    Args:
        inside: Its entries by name.
    """

    inside: dict[str, Entry] = field(default_factory=dict)


Entry: TypeAlias = "bytes | Link | Folder | Damaged"


def build_folder(files: Mapping[str, bytes], links: Mapping[str, str]) -> Folder:
    """Return the root folder of files and links, given by path."""
    root = Folder()
    for path, content in files.items():
        put(root, path, content)
    for path, target in links.items():
        put(root, path, Link(target))
    return root


def put(root: Folder, path: str, entry: Entry) -> None:
    """Put an entry at a path. It replaces an existing entry, and entries on the way that are not folders."""
    folder = root
    *above, name = path.strip("/").split("/")
    for part in above:
        found = folder.inside.get(part)
        if not isinstance(found, Folder):
            found = folder.inside[part] = Folder()
        folder = found
    folder.inside[name] = entry


def list_entries(folder: Folder, above: str = "/") -> Iterator[tuple[str, Entry]]:
    """Yield the path and the entry of everything in a folder and below it."""
    for name, entry in folder.inside.items():
        path = posixpath.join(above, name)
        yield path, entry
        if isinstance(entry, Folder):
            yield from list_entries(entry, path)


class MemoryFileSystem:
    """A file system in memory.

    Args:
        top: The root folder.
    """

    kind = "ext4"
    uuid = "5eed"
    label = ""
    notes: tuple[str, ...] = ()

    def __init__(self, top: Folder) -> None:
        self._top = top

    def root(self) -> Node:
        return self._top

    def open_subvolume(self, subvolume: str) -> FileSystem | None:
        return None

    def lookup(self, folder: Node, name: str) -> Node | None:
        return self._inside(folder).get(name)

    def names(self, folder: Node) -> Iterable[str]:
        return self._inside(folder)

    @staticmethod
    def _inside(folder: Node) -> Mapping[str, Entry]:
        if not isinstance(folder, Folder):
            raise Unreadable("memory", "it is not a folder")
        return folder.inside

    def status(self, node: Node) -> Status:
        if isinstance(node, Damaged):
            raise Unreadable("memory", "it is damaged")
        if isinstance(node, Folder):
            return Status(Type.FOLDER, mode=0o755)
        if isinstance(node, Link):
            return Status(Type.LINK, size_bytes=len(node.target), mode=0o777)
        content = cast("bytes", node)
        return Status(Type.FILE, size_bytes=len(content), mode=0o700 if content.startswith(b"#!") else 0o600)

    def link(self, node: Node) -> str:
        return cast("Link", node).target

    def read(self, node: Node, offset_bytes: int, length_bytes: int) -> bytes:
        return cast("bytes", node)[offset_bytes : offset_bytes + length_bytes]
