"""What is in the folders of a file system, kept: the same few folders are asked for one name after another."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Generic, TypeVar

from guestinspect.disk.limits import NAMES_IN_FOLDER, NAMES_KEPT
from guestinspect.disk.tree import Unreadable

Child = TypeVar("Child")


class FolderCache(Generic[Child]):
    """What is in each folder that was read, by name."""

    def __init__(self) -> None:
        self._kept: dict[Hashable, Mapping[str, Child]] = {}
        self._names = 0

    def of(self, folder: Hashable, read: Callable[[], Iterable[tuple[str, Child]]]) -> Mapping[str, Child]:
        """What is in a folder.

        Args:
            folder: What tells it from others.
            read: Reads it, if it was not yet.

        Raises:
            Unreadable: It could not be read, or has too many names.
        """
        if folder in self._kept:
            return self._kept[folder]
        found: dict[str, Child] = {}
        for name, entry in read():
            found[name] = entry
            if len(found) > NAMES_IN_FOLDER:
                raise Unreadable("a folder", f"it has more than {NAMES_IN_FOLDER} names")
        if self._names > NAMES_KEPT:
            self._kept.clear()
            self._names = 0
        self._kept[folder] = found
        self._names += len(found)
        return found
