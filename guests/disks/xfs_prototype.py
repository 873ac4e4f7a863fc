"""The prototype file from which ``mkfs.xfs`` fills a file system without root. Source: mkfs.xfs(8), "-p"."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

_KINDS = {stat.S_IFREG: "-", stat.S_IFDIR: "d", stat.S_IFLNK: "l"}


def build_prototype(folder: Path) -> str:
    """Return the prototype of a folder. Names with spaces cannot be expressed, and are omitted."""
    return "\n".join(("/boot/dummy", "0 0", "d--755 0 0", *_list_lines(folder), "$")) + "\n"


def _list_lines(folder: Path) -> Iterator[str]:
    for path in sorted(folder.iterdir()):
        status = path.lstat()
        kind = _KINDS.get(stat.S_IFMT(status.st_mode))
        if kind is None or " " in str(path):
            continue
        # the mode has six characters: kind, «u» for set-user-ID, «g» for set-group-ID, three octal digits
        set_user = "u" if status.st_mode & stat.S_ISUID else "-"
        set_group = "g" if status.st_mode & stat.S_ISGID else "-"
        mode = f"{kind}{set_user}{set_group}{status.st_mode & 0o777:03o}"
        content = {"-": str(path), "l": str(path.readlink()) if kind == "l" else "", "d": ""}[kind]
        yield " ".join((path.name, mode, str(status.st_uid), str(status.st_gid), content)).rstrip()
        if kind == "d":
            yield from _list_lines(path)
            yield "$"
