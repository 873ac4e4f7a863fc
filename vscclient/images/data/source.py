"""The source of the data of an image: a file, a block device, or standard input."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from io import BufferedRandom, BufferedReader
from typing import BinaryIO, Protocol, cast

from guestinspect.api import Inspection, inspect_disk, inspect_file, unpack
from guestinspect.model.disk import Disk
from vscclient import errors
from vscclient.glance.upload_body import UploadBody, drop_from_page_cache
from vscclient.images.data.stream_source import StreamSource
from vscclient.model.terminal import Terminal

STANDARD_INPUT = "-"

_PIECE_BYTES = 1024**2

_FREE_BYTES = 1024**3
"""1 GiB: the space that unpacking leaves to others."""

_REASONS = {
    errno.ENOENT: "there is no such file",
    errno.EISDIR: "it is a folder; name the image file in it",
    errno.EACCES: "you do not have permission to read it",
    errno.EBADF: "it is closed",
}
"""Why a file cannot be opened or read, where the words of the C library do not tell what to do."""


class Content(Protocol):
    """A disk, before, while and after it is read."""

    def disk(self) -> Disk:
        """Return the facts of the disk, as far as its bytes have been read."""

    def inspect(self) -> Inspection:
        """Return the inspection of the guest.

        Raises:
            Unknown: It cannot be inspected, or only after all of it was read.
        """


class Source(Content, Protocol):
    """The data of an image, before, while and after it is sent."""

    label: str
    size_bytes: int | None
    can_be_read_again: bool

    def close(self) -> None:
        """Close what was opened in addition to the file itself."""

    def unpacked(self) -> Content:
        """Return the one file in this compressed file, as long as this one is open.

        Raises:
            Unknown: It cannot be unpacked.
        """

    def body(self, advance: Callable[[int], None]) -> UploadBody:
        """Return the data as the body of an upload.

        Args:
            advance: Called with the length of each piece, in bytes; 0 at the end.
        """

    def has_changed(self) -> bool:
        """Check whether the data changed since it was opened."""

    def reopened_if_touched(self) -> Source | None:
        """Return the file as it is now, if its data may have changed although its modification time is the same.

        None: nothing happened to it, or it cannot be read a second time.
        """

    def digest(self, algorithm: str, advance: Callable[[int], None]) -> str | None:
        """Return its hash, hexadecimal; None if it cannot be read a second time."""


class FileSource:
    """A file, or a block device.

    Args:
        label: The name that the user gave.
        file: Opened for reading.
    """

    def __init__(self, label: str, file: BufferedReader | BufferedRandom) -> None:
        self.label = label
        self.can_be_read_again = True
        self._file = file
        self.size_bytes: int | None = file.seek(0, os.SEEK_END)  # st_size of a block device is 0
        file.seek(0)
        self._opened, self._touched_ns = self._state(), self._change_time_ns()
        self._disk = inspect_disk(file)
        self._opened_files: list[BufferedRandom] = []

    def disk(self) -> Disk:
        return self._disk

    def inspect(self) -> Inspection:
        return inspect_file(self._file, disk=self._disk)

    def close(self) -> None:
        for file in self._opened_files:
            file.close()

    def unpacked(self) -> FileSource:
        folder = tempfile.gettempdir()

        def has_room(needed_bytes: int) -> bool:
            return shutil.disk_usage(folder).free > needed_bytes + _FREE_BYTES

        target = tempfile.TemporaryFile(prefix="vscclient-")  # noqa: SIM115 - it is closed with this file
        self._opened_files.append(target)
        unpack(cast(BinaryIO, self._file), self._disk.archive_format().value or "", target, has_room)
        return FileSource(self.label, target)

    def body(self, advance: Callable[[int], None]) -> UploadBody:
        self._file.seek(0)
        return UploadBody(self._file, watch=lambda piece: advance(len(piece)))

    def has_changed(self) -> bool:
        return self._state() != self._opened

    def reopened_if_touched(self) -> FileSource | None:
        return FileSource(self.label, self._file) if self._change_time_ns() != self._touched_ns else None

    def digest(self, algorithm: str, advance: Callable[[int], None]) -> str | None:
        self._file.seek(0)
        reader = _ProgressReader(self._file, advance)
        return hashlib.file_digest(reader, lambda: hashlib.new(algorithm, usedforsecurity=False)).hexdigest()

    def _state(self) -> tuple[int, int]:
        """Return what changes with the data; not the change time, which a rename changes, too."""
        status = os.fstat(self._file.fileno())
        return status.st_size, status.st_mtime_ns

    def _change_time_ns(self) -> int:
        """Return what nobody can set back, unlike the modification time. Source: inode(7), «ctime»; utimensat(2)."""
        return os.fstat(self._file.fileno()).st_ctime_ns


@contextmanager
def opened_source(path: str, size_bytes: int | None) -> Iterator[Source]:
    """Open what ``--file`` names.

    Args:
        path: A path, or ``-`` for standard input.
        size_bytes: The length in bytes that the user gave, or None.

    Raises:
        UnusableFile: It cannot be read, or is not a file.
        UsageError: It has another length.
    """
    is_standard_input = path == STANDARD_INPUT
    label = "standard input" if is_standard_input else path
    try:
        with (
            open(0, "rb", closefd=False) if is_standard_input else open(path, "rb") as file,
            closing(_source_of(label, file, size_bytes)) as source,
        ):
            if size_bytes is not None and source.size_bytes != size_bytes:
                raise errors.UsageError(f"--size says {size_bytes} bytes, but {label} has {source.size_bytes}")
            yield source
    except OSError as failure:
        reason = _REASONS.get(failure.errno or 0, os.strerror(failure.errno or 0).lower())
        raise errors.UnusableFile(label, reason) from failure


def read_through(source: Source, terminal: Terminal) -> None:
    """Read a pipe to its end, for the facts that only the end shows; a file was inspected already."""
    if not source.can_be_read_again:
        read_all(source, terminal)


def read_all(source: Source, terminal: Terminal) -> UploadBody:
    """Read all data as an upload would, without sending it."""
    with terminal.progress("reading", source.size_bytes) as progress:
        body = source.body(progress.advance)
        while body.read(_PIECE_BYTES):
            pass
    return body


def _source_of(label: str, file: BufferedReader, size_bytes: int | None) -> Source:
    """Return the source. Standard input can be read only once, unless it is a file from its beginning."""
    kind = os.fstat(file.fileno()).st_mode
    if file.isatty():
        raise errors.UnusableFile(label, "it is a terminal; pipe the data into it, or name a file")
    if stat.S_ISREG(kind) or stat.S_ISBLK(kind):
        return FileSource(label, file) if file.tell() == 0 else StreamSource(label, file, size_bytes)
    if stat.S_ISCHR(kind) and file.name != 0:
        raise errors.UnusableFile(label, "it is neither a file, a block device nor a pipe")
    return StreamSource(label, file, size_bytes)


class _ProgressReader:
    """A file for ``hashlib.file_digest`` that reports its progress."""

    def __init__(self, file: BufferedReader | BufferedRandom, advance: Callable[[int], None]) -> None:
        self._file = file
        self._advance = advance
        self._done_bytes = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:
        count = self._file.readinto(buffer)
        drop_from_page_cache(self._file, self._done_bytes, count)
        self._done_bytes += count
        self._advance(count)
        return count
