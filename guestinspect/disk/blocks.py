"""The bits of a disk, wherever they are."""

from __future__ import annotations

import io
import os
from collections import OrderedDict
from typing import IO, Protocol

from guestinspect.disk.limits import BLOCK_BYTES, CACHE_BYTES
from guestinspect.disk.tree import Unreadable


class Blocks(Protocol):
    """Bytes that can be read anywhere: of an open file, of a pipe to whoever has them, of an image in Glance."""

    size_bytes: int

    def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
        """The bytes from an offset on; fewer only at the end.

        Raises:
            Unreadable: They could not be had.
        """


def read_exactly(blocks: Blocks, offset_bytes: int, length_bytes: int) -> bytes:
    """As many bytes as asked for.

    Raises:
        Unreadable: There are fewer.
    """
    if offset_bytes < 0:
        raise Unreadable("the disk", f"something in it is said to be at byte {offset_bytes}")
    data = blocks.read_at(offset_bytes, length_bytes)
    if len(data) != length_bytes:
        raise Unreadable("the disk", f"it ends at byte {blocks.size_bytes}, and refers to byte {offset_bytes}")
    return data


class FileBlocks:
    """The bytes of an open file or block device, whose position is left alone.

    Args:
        file: Open for reading, in binary mode; whoever opened it closes it.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file  # which would be closed if nobody held it
        self._descriptor = file.fileno()
        self.size_bytes = os.fstat(self._descriptor).st_size or _end(self._descriptor)

    def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
        pieces = []
        while length_bytes > 0 and offset_bytes < self.size_bytes:
            try:
                piece = os.pread(self._descriptor, length_bytes, offset_bytes)
            except OSError as error:
                raise Unreadable("the disk", f"{error.strerror} at byte {offset_bytes}") from error
            if not piece:
                break
            pieces.append(piece)
            offset_bytes += len(piece)
            length_bytes -= len(piece)
        return b"".join(pieces)


class BlocksFile(io.RawIOBase):
    """Blocks as a file to read.

    Args:
        blocks: Where the bytes come from.
    """

    def __init__(self, blocks: Blocks) -> None:
        self._blocks = blocks
        self._offset_bytes = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._offset_bytes, io.SEEK_END: self._blocks.size_bytes}[whence]
        self._offset_bytes = max(0, start + offset)
        return self._offset_bytes

    def readinto(self, buffer: object) -> int:
        with memoryview(buffer) as view:  # type: ignore[arg-type]
            content = self._blocks.read_at(self._offset_bytes, view.nbytes)
            view[: len(content)] = content
        self._offset_bytes += len(content)
        return len(content)


def _end(descriptor: int) -> int:
    """The size of a block device, of which ``fstat`` says 0."""
    before = os.lseek(descriptor, 0, os.SEEK_CUR)
    end = os.lseek(descriptor, 0, os.SEEK_END)
    os.lseek(descriptor, before, os.SEEK_SET)
    return end


class WindowBlocks:
    """A part of other blocks: a partition.

    Args:
        blocks: What it is a part of.
        start_bytes: Where it begins.
        size_bytes: How long it is said to be; it may reach beyond the end, and is unreadable there.
    """

    def __init__(self, blocks: Blocks, start_bytes: int, size_bytes: int) -> None:
        self._blocks = blocks
        self._start_bytes = start_bytes
        self.size_bytes = size_bytes

    def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
        length_bytes = min(length_bytes, self.size_bytes - offset_bytes)
        return read_exactly(self._blocks, self._start_bytes + offset_bytes, length_bytes) if length_bytes > 0 else b""


class JoinedBlocks:
    """Parts one after another: a logical volume.

    Args:
        parts: In their order.
    """

    def __init__(self, parts: list[WindowBlocks]) -> None:
        self._parts = parts
        self.size_bytes = sum(part.size_bytes for part in parts)

    def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
        pieces = []
        for part in self._parts:
            if length_bytes > 0 and offset_bytes < part.size_bytes:
                piece = part.read_at(offset_bytes, length_bytes)
                pieces.append(piece)
                length_bytes -= len(piece)
                offset_bytes = 0
            else:
                offset_bytes -= min(offset_bytes, part.size_bytes)
        return b"".join(pieces)


class CachedBlocks:
    """Blocks that are read whole, and kept: file systems ask for the same few again and again.

    Args:
        blocks: Where they come from.
    """

    def __init__(self, blocks: Blocks) -> None:
        self._blocks = blocks
        self._kept: OrderedDict[int, bytes] = OrderedDict()
        self.size_bytes = blocks.size_bytes

    def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
        end_bytes = min(offset_bytes + length_bytes, self.size_bytes)
        if offset_bytes < 0 or end_bytes <= offset_bytes:
            return b""
        first, last = offset_bytes // BLOCK_BYTES, (end_bytes - 1) // BLOCK_BYTES
        found = self._found(first, last)
        start_bytes = first * BLOCK_BYTES
        return found[offset_bytes - start_bytes : end_bytes - start_bytes]

    def _found(self, first: int, last: int) -> bytes:
        """The blocks of these numbers; neighbours that are not kept are read together."""
        found: list[bytes] = []
        number = first
        while number <= last:
            if number in self._kept:
                self._kept.move_to_end(number)
                found.append(self._kept[number])
                number += 1
                continue
            missing_to = number
            while missing_to < last and missing_to + 1 not in self._kept:
                missing_to += 1
            found.append(self._fetched(number, missing_to))
            number = missing_to + 1
        return found[0] if len(found) == 1 else b"".join(found)

    def _fetched(self, first: int, last: int) -> bytes:
        start_bytes = first * BLOCK_BYTES
        wanted_bytes = min((last - first + 1) * BLOCK_BYTES, self.size_bytes - start_bytes)
        data = read_exactly(self._blocks, start_bytes, wanted_bytes)
        for number in range(first, last + 1):
            at = (number - first) * BLOCK_BYTES
            self._kept[number] = data[at : at + BLOCK_BYTES]
        while len(self._kept) * BLOCK_BYTES > CACHE_BYTES:
            self._kept.popitem(last=False)
        return data
