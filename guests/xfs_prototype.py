"""The prototype file by which ``mkfs.xfs`` fills a file system without root. Source: mkfs.xfs(8), "-p"."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

_KINDS = {stat.S_IFREG: "-", stat.S_IFDIR: "d", stat.S_IFLNK: "l"}


def prototype(folder: Path) -> str:
    """The prototype of a folder. A name with a space cannot be told in it, and is left out."""
    return "\n".join(("/boot/dummy", "0 0", "d--755 0 0", *_inside(folder), "$")) + "\n"


def _inside(folder: Path) -> Iterator[str]:
    for path in sorted(folder.iterdir()):
        status = path.lstat()
        kind = _KINDS.get(stat.S_IFMT(status.st_mode))
        if kind is None or " " in str(path):
            continue
        words = (path.name, _mode(kind, status.st_mode), str(status.st_uid), str(status.st_gid), _content(kind, path))
        yield " ".join(words).rstrip()
        if kind == "d":
            yield from _inside(path)
            yield "$"


def _mode(kind: str, mode: int) -> str:
    set_user = "u" if mode & stat.S_ISUID else "-"
    set_group = "g" if mode & stat.S_ISGID else "-"
    return f"{kind}{set_user}{set_group}{mode & 0o777:03o}"


def _content(kind: str, path: Path) -> str:
    return {"-": str(path), "l": str(path.readlink()) if kind == "l" else "", "d": ""}[kind]
