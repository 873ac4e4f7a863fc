"""Random access to the bytes of a disk: of a file, of a pipe, of an image in Glance, of a part of another disk."""

from __future__ import annotations

import io
import os
from collections import OrderedDict
from typing import IO, Protocol

from guestinspect.disk.limits import BLOCK_BYTES, CACHE_BYTES
from guestinspect.disk.tree import Unreadable


class Blocks(Protocol):
    """Bytes that can be read at any offset."""

    size_bytes: int

    def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
        """Return the bytes from an offset on; fewer only at the end.

        Raises:
            Unreadable: They cannot be read.
        """


def read_exactly(blocks: Blocks, offset_bytes: int, length_bytes: int) -> bytes:
    """Return as many bytes as requested.

    Raises:
        Unreadable: There are fewer.
    """
    if offset_bytes < 0:
        raise Unreadable("the disk", f"a structure on it refers to byte {offset_bytes}")
    data = blocks.read_at(offset_bytes, length_bytes)
    if len(data) != length_bytes:
        raise Unreadable(
            "the disk", f"it ends at byte {blocks.size_bytes}, but a structure refers to byte {offset_bytes}"
        )
    return data


class FileBlocks:
    """The bytes of an open file or block device; its position stays as it is.

    Args:
        file: Open for reading, in binary mode. Whoever opened it closes it.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file  # keeps the descriptor open: a file is closed when nothing refers to it
        self._descriptor = file.fileno()
        self.size_bytes = os.fstat(self._descriptor).st_size
        if not self.size_bytes:  # of a block device
            position = os.lseek(self._descriptor, 0, os.SEEK_CUR)
            self.size_bytes = os.lseek(self._descriptor, 0, os.SEEK_END)
            os.lseek(self._descriptor, position, os.SEEK_SET)

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
    """Blocks as a file that is open for reading.

    Args:
        blocks: Provide the bytes.
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
        with memoryview(buffer) as view:  # type: ignore[arg-type]  # a Buffer, which has a type since Python 3.12
            content = self._blocks.read_at(self._offset_bytes, view.nbytes)
            view[: len(content)] = content
        self._offset_bytes += len(content)
        return len(content)


class WindowBlocks:
    """A part of other blocks: a partition.

    Args:
        blocks: The whole.
        start_bytes: The first byte of the part.
        size_bytes: The declared length. It may exceed the whole; the part is unreadable there.
    """

    def __init__(self, blocks: Blocks, start_bytes: int, size_bytes: int) -> None:
        self._blocks = blocks
        self._start_bytes = start_bytes
        self.size_bytes = size_bytes

    def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
        length_bytes = min(length_bytes, self.size_bytes - offset_bytes)
        return read_exactly(self._blocks, self._start_bytes + offset_bytes, length_bytes) if length_bytes > 0 else b""


class JoinedBlocks:
    """Parts in sequence: a logical volume.

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
    """Blocks of ``BLOCK_BYTES``, read whole and cached: file systems read the same few blocks repeatedly.

    Args:
        blocks: Provide the bytes.
    """

    def __init__(self, blocks: Blocks) -> None:
        self._blocks = blocks
        self._cache: OrderedDict[int, bytes] = OrderedDict()
        self.size_bytes = blocks.size_bytes

    def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
        end_bytes = min(offset_bytes + length_bytes, self.size_bytes)
        if offset_bytes < 0 or end_bytes <= offset_bytes:
            return b""
        first, last = offset_bytes // BLOCK_BYTES, (end_bytes - 1) // BLOCK_BYTES
        pieces: list[bytes] = []
        number = first
        while number <= last:
            if number in self._cache:
                self._cache.move_to_end(number)
                pieces.append(self._cache[number])
                number += 1
            else:  # adjacent blocks that are not cached are fetched in one read
                cached = (each for each in range(number + 1, last + 1) if each in self._cache)
                behind = next(cached, last + 1)
                pieces.append(self._fetch(number, behind))
                number = behind
        data = pieces[0] if len(pieces) == 1 else b"".join(pieces)
        start_bytes = first * BLOCK_BYTES
        return data[offset_bytes - start_bytes : end_bytes - start_bytes]

    def _fetch(self, first: int, behind: int) -> bytes:
        """Return the blocks from one number up to, but not including, another, and cache them."""
        start_bytes = first * BLOCK_BYTES
        length_bytes = min(behind * BLOCK_BYTES, self.size_bytes) - start_bytes
        data = read_exactly(self._blocks, start_bytes, length_bytes)
        for number in range(first, behind):
            at = (number - first) * BLOCK_BYTES
            self._cache[number] = data[at : at + BLOCK_BYTES]
        while len(self._cache) * BLOCK_BYTES > CACHE_BYTES:
            self._cache.popitem(last=False)
        return data
