"""Bytes that are read from front to back: a part of a file, or what a decompressor yields."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol

from guestinspect.disk.limits import BLOCK_BYTES
from guestinspect.disk.tree import Tree, Unreadable


class ByteSource(Protocol):
    """Bytes that are read in their order."""

    pos: int
    """The number of bytes before the next one. The name is that of fs-explorer, whose parser reads from a source."""

    def read(self, length: int) -> bytes:
        """Return the next bytes; fewer only at the end."""

    def skip(self, length: int) -> None:
        """Skip bytes that must be there.

        Raises:
            Unreadable: There are fewer.
        """

    def unread(self, data: bytes) -> None:
        """Put bytes back that were read last."""


class FileSource:
    """A part of a guest's file. What is skipped is not read.

    Args:
        tree: The guest's files.
        path: The file.
        start_bytes: The first byte of the part.
        size_bytes: The length of the part.
    """

    def __init__(self, tree: Tree, path: str, start_bytes: int, size_bytes: int) -> None:
        self.path = path
        self.size_bytes = size_bytes
        self.pos = 0
        self._tree = tree
        self._start_bytes = start_bytes
        self._buffer = b""
        self._buffer_at = 0

    def read(self, length: int) -> bytes:
        end = min(self.pos + length, self.size_bytes)
        if not self._buffer_at <= self.pos <= end <= self._buffer_at + len(self._buffer):
            wanted = min(max(length, BLOCK_BYTES), self.size_bytes - self.pos)
            content = self._tree.part(self.path, self._start_bytes + self.pos, wanted) if wanted > 0 else b""
            if content is None or len(content) != max(wanted, 0):
                raise Unreadable(self.path, "it is truncated")
            self._buffer, self._buffer_at = content, self.pos
        data = self._buffer[self.pos - self._buffer_at : max(end, self.pos) - self._buffer_at]
        self.pos += len(data)
        return data

    def skip(self, length: int) -> None:
        if self.pos + length > self.size_bytes:
            raise Unreadable(self.path, "it is truncated")
        self.pos += length

    def unread(self, data: bytes) -> None:
        self.pos -= len(data)


class UnpackedSource:
    """The bytes that a decompressor yields in pieces.

    Args:
        pieces: The pieces.
        charge: Called with the length of each piece; raises Unreadable when there are too many bytes.
        path: The file that is unpacked, for error messages.
    """

    def __init__(self, pieces: Iterator[bytes], charge: Callable[[int], None], path: str) -> None:
        self.pos = 0
        self._pieces = pieces
        self._charge = charge
        self._path = path
        self._rest = memoryview(b"")

    def read(self, length: int) -> bytes:
        data = bytes(self._take(length))
        if len(data) == length:
            return data
        parts = [data]
        while length > (have := sum(map(len, parts))) and self._refill():
            parts.append(bytes(self._take(length - have)))
        return b"".join(parts)

    def skip(self, length: int) -> None:
        length -= len(self._take(length))
        while length:
            if not self._refill():
                raise Unreadable(self._path, "it is truncated")
            length -= len(self._take(length))

    def unread(self, data: bytes) -> None:
        self.pos -= len(data)
        self._rest = memoryview(data + bytes(self._rest))

    def _take(self, length: int) -> memoryview:
        data, self._rest = self._rest[:length], self._rest[length:]
        self.pos += len(data)
        return data

    def _refill(self) -> bool:
        piece = next(self._pieces, None)
        if piece is None:
            return False
        self._charge(len(piece))
        self._rest = memoryview(piece)
        return True
