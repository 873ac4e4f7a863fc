"""The home folders of a guest's users."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field

from guestinspect.disk.tree import Tree, Type, Unreadable
from guestinspect.leftovers.users import list_users

MOST_HOMES = 500
"""The number of homes that are searched; a guest that many people share has some dozens."""


@dataclass
class Homes:
    """The folders in which users keep their files.

    Args:
        folders: The homes that exist, or may exist.
        unread: The reasons why there may be more homes.
    """

    folders: list[str] = field(default_factory=list)
    unread: list[Unreadable] = field(default_factory=list)


def find_homes(tree: Tree) -> Homes:
    """Return the homes of root and of all users, also of removed users, and the template for new ones."""
    homes = Homes(folders=["/root", "/etc/skel"])
    try:
        homes.folders += (posixpath.normpath(user.home) for user in list_users(tree) if user.has_home)
    except Unreadable as unreadable:
        homes.unread.append(unreadable)
    try:
        homes.folders += (f"/home/{name}" for name in tree.names("/home"))
    except Unreadable as unreadable:
        homes.unread.append(unreadable)
    homes.folders = [home for home in dict.fromkeys(homes.folders) if _may_be_folder(tree, home)]
    if len(homes.folders) > MOST_HOMES:
        homes.unread.append(Unreadable(homes.folders[MOST_HOMES], f"there are more than {MOST_HOMES} homes"))
        del homes.folders[MOST_HOMES:]
    return homes


def _may_be_folder(tree: Tree, path: str) -> bool:
    """Return True if a folder exists; an unreadable one counts, and is reported when it is searched."""
    try:
        status = tree.status(path)
    except Unreadable:
        return True
    return status is not None and status.type is Type.FOLDER
