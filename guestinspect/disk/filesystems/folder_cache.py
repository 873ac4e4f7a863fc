"""A cache of the folders of a file system: the same few folders are asked for one name after another."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Generic, TypeVar

from guestinspect.disk.limits import NAMES_IN_FOLDER, NAMES_KEPT
from guestinspect.disk.tree import Unreadable

Child = TypeVar("Child")


class FolderCache(Generic[Child]):
    """The content of each folder that was read, by name."""

    def __init__(self) -> None:
        self._folders: dict[Hashable, Mapping[str, Child]] = {}
        self._names = 0

    def get(self, folder: Hashable, read: Callable[[], Iterable[tuple[str, Child]]]) -> Mapping[str, Child]:
        """Return the content of a folder, by name.

        Args:
            folder: Identifies the folder.
            read: Reads the folder, if it is not cached.

        Raises:
            Unreadable: The folder cannot be read, or has too many names.
        """
        if folder in self._folders:
            return self._folders[folder]
        children: dict[str, Child] = {}
        for name, child in read():
            children[name] = child
            if len(children) > NAMES_IN_FOLDER:
                raise Unreadable("a folder", f"it has more than {NAMES_IN_FOLDER} names")
        if self._names > NAMES_KEPT:
            self._folders.clear()
            self._names = 0
        self._folders[folder] = children
        self._names += len(children)
        return children
