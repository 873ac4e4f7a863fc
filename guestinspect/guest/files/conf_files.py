"""Folders of configuration files, searched in order of precedence: drop-ins, masks, files that hide others.

Source: systemd's conf-files.c; tmpfiles.d(5), "Configuration Directories and Precedence".
"""

from __future__ import annotations

from posixpath import basename

from guestinspect.disk.tree import Tree, Type
from guestinspect.guest.files.ini import Ini, read_systemd_file

_NOWHERE = "/dev/null"


def read_with_drop_ins(tree: Tree, path: str, folders: tuple[str, ...]) -> Ini:
    """Return a systemd configuration file followed by its drop-ins (``NAME.d/*.conf``).

    Args:
        tree: The guest's files.
        path: The main file.
        folders: The folders that may hold drop-ins, in order of precedence.
    """
    drop_ins = list_conf_files(tree, tuple(f"{folder}/{basename(path)}.d" for folder in folders), ".conf")
    parts = (read_systemd_file(tree, path), *(read_systemd_file(tree, drop_in) for drop_in in drop_ins))
    return Ini(path, tuple(section for part in parts for section in part.sections))


def list_conf_files(tree: Tree, folders: tuple[str, ...], suffix: str) -> tuple[str, ...]:
    """Return the paths of the effective files, sorted by name; a file hides those of its name in later folders.

    A masked file (empty, or a link to /dev/null) hides others too, but is not in the result.

    Args:
        tree: The guest's files.
        folders: The folders in order of precedence.
        suffix: The end of the file names.
    """
    first = {name: folder for folder in reversed(folders) for name in tree.names(folder) if name.endswith(suffix)}
    paths = (f"{first[name]}/{name}" for name in sorted(first))
    return tuple(path for path in paths if not is_masked(tree, path))


def find_conf_file(tree: Tree, folders: tuple[str, ...], name: str) -> str | None:
    """Return the path of the effective file with a name; None: there is none, or it is masked.

    Args:
        tree: The guest's files.
        folders: The folders in order of precedence.
        name: The name of the file.
    """
    path = next((f"{folder}/{name}" for folder in folders if name in tree.names(folder)), None)
    return None if path is None or is_masked(tree, path) else path


def is_masked(tree: Tree, path: str) -> bool:
    """Return True if a file is a mask (empty, or a link to /dev/null), or a link to a missing file."""
    if tree.link(path) == _NOWHERE:
        return True
    status = tree.status(path)
    return status is None or (status.type is Type.FILE and status.size_bytes == 0) or status.type is Type.OTHER
