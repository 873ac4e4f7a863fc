"""Looking for paths in a guest by pattern, within bounds."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from guestinspect.disk.globs import fnmatchcase
from guestinspect.disk.tree import Status, Tree, Type, Unreadable
from guestinspect.leftovers.homes import Homes, find_homes
from guestinspect.leftovers.users import list_users
from guestinspect.model.fact import Unknown

HEAD_BYTES = 64 * 1024
"""How much of a file is looked at, in bytes: a secret of these kinds is near its beginning."""

MOST_NAMES = 20_000
"""The largest folder that is looked at; a mail or log folder of a busy server has some thousands."""

MOST_FOLDERS = 5_000
"""How many folders are listed in all; a Debian guest with all servers of the table has 300."""

MOST_FILES = 20_000
"""How many files are looked at in all; the same guest has 600."""

MOST_DEPTH = 8
"""How many folders below one are looked at; a certificate of Let's Encrypt is two below its own."""

_MOST_LINKS = 40  # as Linux, MAXSYMLINKS


class Search:
    """Finds paths by pattern, and who owns them. It remembers what it has listed, and gives up when that gets too much.

    Args:
        tree: The files of the guest.
    """

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self._names: dict[str, tuple[str, ...] | Unreadable] = {}
        self._statuses: dict[str, Status | None] = {}
        self._links: dict[str, str | None] = {}
        self._homes: Homes | None = None
        self._owners: dict[int, str] | None = None

    def paths(self, pattern: str, *, exclude: tuple[str, ...] = ()) -> Iterator[str]:
        """The paths that match a pattern, each as its link says.

        Args:
            pattern: As :class:`~guestinspect.model.leftover.Sign` has them.
            but: Patterns of names that are passed over.

        Raises:
            Unreadable: A folder on the way could not be read, or there is too much to look at.
        """
        parts = [part for part in pattern.removeprefix("~").split("/") if part]
        starts, unread = self._starts(pattern)
        for start in starts:
            try:
                for path in self._matches(start, parts):
                    yield from self._unless(path, exclude)
            except Unreadable as damage:  # that of one home does not hide the others
                unread.append(damage)
        if unread:
            raise unread[0]

    def _starts(self, pattern: str) -> tuple[list[str], list[Unreadable]]:
        """The folders that a pattern begins in, and why there may be more."""
        if not pattern.startswith("~/"):
            return ["/"], []
        if self._homes is None:
            self._homes = find_homes(self.tree)
        return self._homes.folders, [*self._homes.unread]

    def _unless(self, path: str, exclude: tuple[str, ...]) -> Iterator[str]:
        """Where a path leads, unless one of its names is to be passed over."""
        real = self._real(path)
        names = (posixpath.basename(path), posixpath.basename(real))
        if not any(_fits(name, other) for name in names for other in exclude):
            yield real

    def head(self, path: str) -> bytes:
        """The beginning of a file; nothing if there is none, or nothing in it."""
        return (self.tree.head(path, HEAD_BYTES) or b"") if self.is_filled(path) else b""

    def status(self, path: str) -> Status | None:
        """What is at this path."""
        if path not in self._statuses:
            if len(self._statuses) >= MOST_FILES:
                raise Unreadable(path, f"more than {MOST_FILES} files would have to be looked at")
            self._statuses[path] = self.tree.status(path)
        return self._statuses[path]

    def is_filled(self, path: str) -> bool:
        """Whether there is a file with something in it."""
        status = self.status(path)
        return status is not None and status.type is Type.FILE and status.size_bytes > 0

    def is_folder(self, path: str) -> bool:
        """Whether there is a folder, behind whatever links."""
        status = self.status(path)
        return status is not None and status.type is Type.FOLDER

    def names(self, folder: str) -> tuple[str, ...]:
        """The names in a folder; none if there is no such folder."""
        if folder not in self._names:
            if len(self._names) >= MOST_FOLDERS:
                raise Unreadable(folder, f"more than {MOST_FOLDERS} folders would have to be looked at")
            self._names[folder] = self._listed(folder)
        found = self._names[folder]
        if isinstance(found, Unreadable):
            raise found
        return found

    def _listed(self, folder: str) -> tuple[str, ...] | Unreadable:
        """The names, or why there are none: a folder with too many is not read again for every pattern."""
        try:
            found = self.tree.names(folder) if self.is_folder(folder) else ()
        except Unreadable as damage:
            return damage
        if len(found) > MOST_NAMES:
            return Unreadable(folder, f"it holds more than {MOST_NAMES} files")
        return found

    def owner(self, path: str) -> str:
        """Name of the user who owns what is at this path; the number if it has no name."""
        status = self.status(path)
        return "" if status is None else self._named().get(status.uid, str(status.uid))

    def _named(self) -> dict[int, str]:
        """Names of users by number; of several, the first. Without a list of users, numbers must do."""
        if self._owners is None:
            self._owners = {0: "root"}
            try:
                self._owners |= {user.uid: user.name for user in reversed(tuple(list_users(self.tree)))}
            except Unknown:  # what depends on the list itself says so
                return self._owners
        return self._owners

    def _matches(self, folder: str, parts: list[str]) -> Iterator[str]:
        if not parts:  # a pattern that is a folder itself: the guest's own sshd_config can have it
            return
        part, rest = parts[0], parts[1:]
        if part == "**":
            for below in self.folders(folder):
                yield from self._matches(below, rest)
            return
        for name in self._fitting(folder, part):
            path = posixpath.join(folder, name)
            if rest:
                yield from self._matches(path, rest)
            else:
                yield path

    def _fitting(self, folder: str, part: str) -> Iterator[str]:
        names = self.names(folder)
        if "*" in part:
            yield from (name for name in names if _fits(name, part))
        elif part in names:
            yield part

    def folders(self, top: str) -> Iterator[str]:
        """A folder and all those below it, but for those behind links."""
        waiting = [(top, 0)]
        while waiting:
            folder, depth = waiting.pop()
            if depth > MOST_DEPTH:
                raise Unreadable(folder, f"it lies more than {MOST_DEPTH} folders deep")
            yield folder
            for name in reversed(self.names(folder)):
                path = posixpath.join(folder, name)
                if self.is_folder(path) and self._link(path) is None:
                    waiting.append((path, depth + 1))

    def _real(self, path: str) -> str:
        """The path without links in it, so that nothing is told twice; as it stands where links lead in a circle."""
        rest, real, followed = path.split("/")[:0:-1], "/", 0
        while rest:
            real = posixpath.normpath(posixpath.join(real, rest.pop()))
            target = self._link(real)
            if target is not None:
                followed += 1
                if followed > _MOST_LINKS:
                    return path
                rest += target.split("/")[::-1]
                real = "/" if target.startswith("/") else posixpath.dirname(real)
        return real

    def _link(self, path: str) -> str | None:
        if path not in self._links:
            self._links[path] = self.tree.link(path)
        return self._links[path]


def _fits(name: str, pattern: str) -> bool:
    return fnmatchcase(name, pattern.replace("[", "[[]").replace("?", "[?]"))
