"""A search for paths in a guest by pattern, within limits."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from contextlib import suppress

from guestinspect.disk.globs import fnmatchcase
from guestinspect.disk.tree import Status, Tree, Type, Unreadable
from guestinspect.leftovers.homes import Homes, find_homes
from guestinspect.leftovers.users import list_users
from guestinspect.model.fact import Unknown

HEAD_BYTES = 64 * 1024
"""The part of a file that is searched, in bytes: a secret of these kinds is near the beginning."""

MOST_NAMES = 20_000
"""The largest folder that is searched; a mail or log folder of a busy server has some thousands of names."""

MOST_FOLDERS = 5_000
"""The number of folders that are listed in all; a Debian guest with all servers of the table has 300."""

MOST_FILES = 20_000
"""The number of files that are checked in all; the same guest has 600."""

MOST_DEPTH = 8
"""The number of levels below a folder that are searched; Let's Encrypt has its certificates two levels down."""

_MOST_LINKS = 40  # path_resolution(7): the limit of Linux


class Search:
    """A search for paths by pattern, and for their owners. It caches what it has listed, up to the limits above.

    Args:
        tree: The guest's files.
    """

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self._names: dict[str, tuple[str, ...] | Unreadable] = {}
        self._statuses: dict[str, Status | None] = {}
        self._links: dict[str, str | None] = {}
        self._homes: Homes | None = None
        self._owners: dict[int, str] | None = None

    def paths(self, pattern: str, *, exclude: tuple[str, ...] = ()) -> Iterator[str]:
        """Yield the paths that match a pattern, with links resolved.

        Args:
            pattern: A pattern as in :class:`~guestinspect.leftovers.patterns.pattern.LeftoverPattern`.
            exclude: Patterns of names that are skipped.

        Raises:
            Unreadable: A folder on the way could not be read, or a limit is reached.
        """
        parts = [part for part in pattern.removeprefix("~").split("/") if part]
        starts, unread = ["/"], list[Unreadable]()
        if pattern.startswith("~/"):
            self._homes = self._homes or find_homes(self.tree)
            starts, unread = self._homes.folders, [*self._homes.unread]
        for start in starts:
            try:
                for path in self._match(start, parts):
                    real = self._resolve(path)
                    names = (posixpath.basename(path), posixpath.basename(real))
                    if not any(_matches(name, other) for name in names for other in exclude):
                        yield real
            except Unreadable as unreadable:  # one damaged home must not hide the others
                unread.append(unreadable)
        if unread:
            raise unread[0]

    def head(self, path: str) -> bytes:
        """Return the beginning of a file; empty if there is no file."""
        return (self.tree.head(path, HEAD_BYTES) or b"") if self.is_filled(path) else b""

    def status(self, path: str) -> Status | None:
        """Return the status of a path; None: nothing is there."""
        if path not in self._statuses:
            if len(self._statuses) >= MOST_FILES:
                raise Unreadable(path, f"more than {MOST_FILES} files would have to be checked")
            self._statuses[path] = self.tree.status(path)
        return self._statuses[path]

    def is_filled(self, path: str) -> bool:
        """Return True if there is a file that is not empty."""
        status = self.status(path)
        return status is not None and status.type is Type.FILE and status.size_bytes > 0

    def is_folder(self, path: str) -> bool:
        """Return True if there is a folder, or a link to one."""
        status = self.status(path)
        return status is not None and status.type is Type.FOLDER

    def names(self, folder: str) -> tuple[str, ...]:
        """Return the names in a folder; none if there is no such folder."""
        if folder not in self._names:
            if len(self._names) >= MOST_FOLDERS:
                raise Unreadable(folder, f"more than {MOST_FOLDERS} folders would have to be listed")
            try:
                names = self.tree.names(folder) if self.is_folder(folder) else ()
                if len(names) > MOST_NAMES:
                    raise Unreadable(folder, f"it holds more than {MOST_NAMES} files")
                self._names[folder] = names
            except Unreadable as unreadable:  # cached too: a huge folder is not read again for each pattern
                self._names[folder] = unreadable
        found = self._names[folder]
        if isinstance(found, Unreadable):
            raise found
        return found

    def owner(self, path: str) -> str:
        """Return the name of a path's owner, the first of several; the number if the owner has no name."""
        status = self.status(path)
        if status is None:
            return ""
        if self._owners is None:
            self._owners = {0: "root"}
            with suppress(Unknown):  # numbers do as well; who needs the list itself reports the error
                self._owners |= {user.uid: user.name for user in reversed(tuple(list_users(self.tree)))}
        return self._owners.get(status.uid, str(status.uid))

    def _match(self, folder: str, parts: list[str]) -> Iterator[str]:
        if not parts:  # the pattern is a folder itself, as a guest's sshd_config may have it
            return
        part, rest = parts[0], parts[1:]
        if part == "**":
            for below in self.folders(folder):
                yield from self._match(below, rest)
            return
        names = self.names(folder)
        matching = (name for name in names if (_matches(name, part) if "*" in part else name == part))
        for name in matching:
            path = posixpath.join(folder, name)
            if rest:
                yield from self._match(path, rest)
            else:
                yield path

    def folders(self, top: str) -> Iterator[str]:
        """Yield a folder and all folders below it; links are not followed."""
        waiting = [(top, 0)]
        while waiting:
            folder, depth = waiting.pop()
            if depth > MOST_DEPTH:
                raise Unreadable(folder, f"it is more than {MOST_DEPTH} levels deep")
            yield folder
            for name in reversed(self.names(folder)):
                path = posixpath.join(folder, name)
                if self.is_folder(path) and self._link(path) is None:
                    waiting.append((path, depth + 1))

    def _resolve(self, path: str) -> str:
        """Return a path with its links resolved, so that no file is reported twice; unchanged if links form a circle.

        The rest of the path is a stack of names, the next one last. A link replaces its name with the names of its
        target, and a relative target begins in the folder of the link. Source: path_resolution(7).
        """
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


def _matches(name: str, pattern: str) -> bool:
    return fnmatchcase(name, pattern.replace("[", "[[]").replace("?", "[?]"))
