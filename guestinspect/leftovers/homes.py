"""The homes of a guest's users."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, field

from guestinspect.disk.tree import Tree, Type, Unreadable
from guestinspect.leftovers.users import list_users

MOST_HOMES = 500
"""How many homes are looked at; a guest that many people share has some dozens."""


@dataclass
class Homes:
    """Where users keep files of theirs.

    Args:
        folders: The homes that are there, or may be.
        unread: Why there may be more of them.
    """

    folders: list[str] = field(default_factory=list)
    unread: list[Unreadable] = field(default_factory=list)


def find_homes(tree: Tree) -> Homes:
    """The homes of root, of all users that may hold files of theirs, of users who are gone, and what new ones get."""
    found = Homes(folders=["/root", "/etc/skel"])
    for look in (_said, _there):
        try:
            found.folders += look(tree)
        except Unreadable as damage:
            found.unread.append(damage)
    found.folders = [home for home in dict.fromkeys(found.folders) if _may_be_folder(tree, home)]
    if len(found.folders) > MOST_HOMES:
        found.unread.append(Unreadable(found.folders[MOST_HOMES], f"there are more than {MOST_HOMES} homes"))
        del found.folders[MOST_HOMES:]
    return found


def _said(tree: Tree) -> Iterator[str]:
    return (posixpath.normpath(user.home) for user in list_users(tree) if user.has_home)


def _there(tree: Tree) -> Iterator[str]:
    return (f"/home/{name}" for name in tree.names("/home"))


def _may_be_folder(tree: Tree, path: str) -> bool:
    """Whether there is a folder; one that cannot be read says so when it is looked into."""
    try:
        status = tree.status(path)
    except Unreadable:
        return True
    return status is not None and status.type is Type.FOLDER
