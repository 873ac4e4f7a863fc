"""The base of the tests that read a disk: a folder for the disks of a class, and the files of a guest."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

from guestinspect.disk.blocks import FileBlocks
from guestinspect.disk.tree import Tree, Type
from tests import base

FSTAB = "UUID=0 /nowhere ext4 nofail 0 0\n"
MANY = 300
BIG = os.urandom(200_000)


class MemoryBlocks:
    """Blocks in memory, which can be changed.

    Args:
        content: The bytes.
    """

    def __init__(self, content: bytes) -> None:
        self.content = bytearray(content)
        self.size_bytes = len(content)
        self.bytes_read = 0

    def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
        self.bytes_read += length_bytes
        return bytes(self.content[offset_bytes : offset_bytes + length_bytes])

    def write(self, at: int, data: bytes) -> None:
        """Change bytes at an offset."""
        self.content[at : at + len(data)] = data


class ReadingTest(base.BaseTestCase):
    """A test with a folder for disks, ``self.made``, and the files of a guest in the folder ``self.guest``."""

    made: ClassVar[Path]
    guest: ClassVar[Path]
    _shared: ClassVar[dict[tuple[object, ...], Path]]

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.made = Path(folder.name)
        cls.guest = a_guest(cls.made / "guest")
        cls._shared = {}

    def shared(self, make: Callable[..., Path], *options: str) -> Path:
        """Return a file system with the files of the guest, made once for the tests of a class, which only read it.

        Args:
            make: Makes it: ``volumes.ext``.
            options: The options of the tool.
        """
        key = (make, *options)
        if key not in self._shared:
            self._shared[key] = make(self.made / f"shared-{len(self._shared)}", self.guest, *options)
        return self._shared[key]

    def open(self, path: Path) -> FileBlocks:
        """Open a file until the test ends."""
        file = path.open("rb")
        self.addCleanup(file.close)
        return FileBlocks(file)


def a_guest(folder: Path, *, fstab: str = FSTAB) -> Path:
    """Write the files of a small guest, with every kind of object that a file system can contain."""
    for name in ("etc/ssh", "usr/lib/many", "var/empty", "boot", "home/alice"):
        (folder / name).mkdir(parents=True)
    (folder / "etc/os-release").write_text("ID=debian\nVERSION_ID=12\n")
    (folder / "etc/fstab").write_text(fstab)
    (folder / r"etc/dev-disk\x2dby.swap").write_text("a backslash in its name")
    (folder / "usr/lib/big").write_bytes(BIG)
    (folder / "usr/lib/text").write_text("much the same\n" * 20_000)
    (folder / "home/alice/.bash_history").write_text("ls\n")
    (folder / "home/alice/.bash_history").chmod(0o600)
    (folder / "etc/release").symlink_to("os-release")
    (folder / "lib").symlink_to("usr/lib")
    (folder / "bin").symlink_to("/usr/bin")
    for number in range(MANY):
        (folder / f"usr/lib/many/a-file-with-a-long-name-{number:04}").write_text(str(number))
    return folder


def with_odd_names(folder: Path) -> Path:
    """Add names that are not UTF-8, and two with the same Unicode normalization."""
    Path(os.fsdecode(os.fsencode(folder) + b"/etc/caf\xe9")).write_text("latin-1")
    (folder / "etc/caf\u00e9").write_text("composed")
    (folder / "etc/cafe\u0301").write_text("decomposed")
    (folder / "etc/Upper").write_text("upper case")
    return folder


def differences(tree: Tree, folder: Path) -> list[str]:
    """Return the paths at which a tree differs from a folder."""
    found = []
    for above, folders, files in os.walk(folder):
        inside = "/" + os.path.relpath(above, folder).removeprefix(".")
        if tuple(sorted((*folders, *files))) != tuple(name for name in tree.names(inside) if name != "lost+found"):
            found.append(f"{inside}: the names differ")
        found += [
            path
            for name in (*folders, *files)
            if not _is_same(tree, path := os.path.join(inside, name), Path(above) / name)
        ]
    return found


def _is_same(tree: Tree, path: str, real: Path) -> bool:
    if real.is_symlink():
        return tree.link(path) == os.readlink(real)
    status, said = tree.status(path), real.stat()
    if real.is_dir():
        return status is not None and status.type is Type.FOLDER and tree.link(path) is None
    return (
        status is not None
        and status.type is Type.FILE
        and (status.size_bytes, status.mode) == (said.st_size, said.st_mode & 0o7777)
        and tree.read(path) == real.read_bytes()
        and tree.head(path, 3) == real.read_bytes()[:3]
    )
