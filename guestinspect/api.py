"""The public Python interface: inspect a disk and the guest on it, without booting it and without root.

The guest is inspected by a child process with limits: whatever the disk does to it, the caller goes on. What could not
be found out is unknown, with a reason, and no error.
"""

from __future__ import annotations

import os
from dataclasses import replace
from io import BytesIO
from tempfile import TemporaryFile
from typing import BinaryIO, NoReturn, cast

from guestinspect.disk.blocks import Blocks, BlocksFile
from guestinspect.formats.archives import find_archive_kind
from guestinspect.formats.disk_facts import read_disk
from guestinspect.formats.file_ends import HEAD_BYTES, NOT_ALL_READ
from guestinspect.formats.stream import Stream
from guestinspect.formats.unpacking import StreamUnpacker, unpack
from guestinspect.model.disk import Disk, lazy_disk
from guestinspect.model.fact import NotYet, Unknown
from guestinspect.model.inspection import (
    LIMIT_BYTES,
    SCHEMA_VERSION,
    Inspection,
    InvalidOutput,
    UnknownReason,
    collect_facts,
    from_json,
    to_json,
    unknown_inspection,
)
from guestinspect.process import run
from guestinspect.process.limits import REMOTE
from guestinspect.process.run import OpenFile, RemoteDisk

__all__ = [
    "HEAD_BYTES",
    "LIMIT_BYTES",
    "SCHEMA_VERSION",
    "Blocks",
    "Inspection",
    "InvalidOutput",
    "PackedStreamInspection",
    "RemoteDisk",
    "StreamInspection",
    "UnknownReason",
    "from_json",
    "inspect_blocks",
    "inspect_disk",
    "inspect_file",
    "inspect_packed_stream",
    "inspect_stream",
    "to_json",
    "unpack",
]


def inspect_file(file: str | os.PathLike[str] | BinaryIO, *, disk: Disk | None = None) -> Inspection:
    """Inspect a disk in a file or a block device.

    Args:
        file: Its path, or the file, open for reading in binary mode; its position changes.
        disk: The facts of the disk, if the caller has them; ``Disk()`` for none. By default they are found.

    Raises:
        OSError: The file cannot be opened or read.
    """
    if isinstance(file, str | os.PathLike):
        with open(file, "rb") as opened:
            return inspect_file(opened, disk=disk)
    return replace(run.inspect_file(file), disk=collect_facts(disk or inspect_disk(file)))


def inspect_blocks(blocks: RemoteDisk, *, disk: Disk | None = None) -> Inspection:
    """Inspect a disk that has to be fetched.

    Args:
        blocks: The disk. It counts what fetching costs, which is limited; an error that it raises ends the inspection.
        disk: The facts of the disk, if the caller has them; ``Disk()`` for none. By default they are found.
    """
    found = run.inspect_blocks(blocks)
    facts = collect_facts(disk or inspect_disk(run.LimitedBlocks(blocks, REMOTE)))
    return replace(found, disk=facts, bytes_read=blocks.bytes_read)


def inspect_disk(source: BinaryIO | Blocks) -> Disk:
    """Return the facts of a disk alone: its format, its sizes, its damage. Each is found when first asked for.

    Args:
        source: A file that stays open until the last fact was asked for, or blocks.
    """
    if isinstance(source, OpenFile):
        return read_disk(source, source.seek(0, os.SEEK_END))
    return read_disk(cast(BinaryIO, BlocksFile(source)), source.size_bytes)


def inspect_stream() -> StreamInspection:
    """Return an inspection of a disk that is read only once: an upload, or standard input."""
    return StreamInspection()


class StreamInspection:
    """A disk that goes by in chunks. Little of it is kept: its first ``HEAD_BYTES`` and a table or two."""

    def __init__(self) -> None:
        self._head = bytearray()
        self._stream: Stream | None = None
        self._disk = lazy_disk(_not_yet)
        self._has_ended = False

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes, from the first one on."""
        if self._stream is None:
            missing = HEAD_BYTES - len(self._head)
            self._head += chunk[:missing]
            chunk = chunk[missing:]
            if len(self._head) < HEAD_BYTES:
                return
            head = bytes(self._head)
            self._stream = Stream(head)
            self._disk = self._stream.of_head()
            self._stream.feed(head)
        self._stream.feed(chunk)

    def end(self) -> None:
        """Take note that there are no more bytes."""
        self._disk = self._stream.finish() if self._stream else read_disk(BytesIO(self._head), len(self._head))
        self._has_ended = True

    def disk(self) -> Disk:
        """Return the facts of the disk, as far as the first ``HEAD_BYTES`` show them; after the end, all of them.

        Until then, asking for the others raises NotYet.
        """
        return self._disk

    def inspection(self) -> Inspection:
        """Return what the bytes have shown. The guest is unknown, unless the disk is shorter than ``HEAD_BYTES``.

        Raises:
            NotYet: The stream has not ended.
        """
        if not self._has_ended:
            _not_yet()
        if self._stream:
            found = unknown_inspection("a stream is read only once, and a guest is inspected only in a file")
            return replace(found, disk=collect_facts(self._disk))
        with TemporaryFile() as copy:
            copy.write(self._head)
            copy.flush()
            return inspect_file(copy, disk=self._disk)


def inspect_packed_stream() -> PackedStreamInspection:
    """Return an inspection of a disk in a gzip that is read only once."""
    return PackedStreamInspection()


class PackedStreamInspection:
    """A disk in a gzip that goes by in chunks. Of another file, every fact is unknown."""

    def __init__(self) -> None:
        self._content = StreamInspection()
        self._unpacker: StreamUnpacker | None = None
        self._failure: Unknown | None = None

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes, from the first one on; the first chunk has ``HEAD_BYTES``, or all bytes."""
        if self._failure is None:
            try:
                if self._unpacker is None:
                    self._unpacker = StreamUnpacker(find_archive_kind(chunk) or "other")
                for piece in self._unpacker.feed(chunk):
                    self._content.feed(piece)
            except Unknown as failure:
                self._failure = failure

    def end(self) -> None:
        """Take note that there are no more bytes."""
        self._content.end()
        try:
            if self._unpacker:
                self._unpacker.end()
        except Unknown as failure:
            self._failure = self._failure or failure

    def disk(self) -> Disk:
        """Return the facts of the disk, as :meth:`StreamInspection.disk` does.

        Raises:
            Unknown: The file cannot be unpacked.
        """
        if self._failure:
            raise self._failure
        return self._content.disk()

    def inspection(self) -> Inspection:
        """Return what the bytes have shown, as :meth:`StreamInspection.inspection` does.

        Raises:
            NotYet: The stream has not ended.
            Unknown: The file cannot be unpacked.
        """
        if self._failure:
            raise self._failure
        return self._content.inspection()


def _not_yet() -> NoReturn:
    raise NotYet(NOT_ALL_READ)
