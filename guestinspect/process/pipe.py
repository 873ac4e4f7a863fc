"""Blocks over a socket: the child that inspects a guest requests them, its parent has the disk and answers.

A request is an offset and a length. An answer is a flag and a length, then the bytes or the reason why they cannot be
read.
"""

from __future__ import annotations

import os
import struct

from guestinspect.disk.blocks import Blocks
from guestinspect.disk.tree import Unreadable

MAX_REQUEST_BYTES = 1024**2
"""The longest piece that is requested at once, in bytes."""

_REQUEST = struct.Struct("<QI")
_ANSWER = struct.Struct("<?I")
_MAX_REASON_BYTES = 4096


class PipeBlocks:
    """The child's end.

    Args:
        fd: The socket, open in both directions.
        size_bytes: The size of the disk.
    """

    def __init__(self, fd: int, size_bytes: int) -> None:
        self.size_bytes = size_bytes
        self._fd = fd

    def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
        """Return the bytes from an offset on; fewer only at the end.

        Args:
            offset_bytes: The offset.
            length_bytes: The number of bytes.

        Raises:
            Unreadable: The parent cannot read them.
        """
        end = min(offset_bytes + length_bytes, self.size_bytes)
        pieces = []
        while offset_bytes < end:
            piece = self._request(offset_bytes, min(end - offset_bytes, MAX_REQUEST_BYTES))
            pieces.append(piece)
            offset_bytes += len(piece)
        return b"".join(pieces)

    def _request(self, offset_bytes: int, length_bytes: int) -> bytes:
        try:
            os.write(self._fd, _REQUEST.pack(offset_bytes, length_bytes))
            is_read, length = _ANSWER.unpack(self._receive(_ANSWER.size))
            answer = self._receive(length)
        except (OSError, EOFError) as failure:
            raise Unreadable("the disk", "the connection to it is closed") from failure
        if not is_read:
            path, _, reason = answer.decode("utf-8", "replace").partition("\0")
            raise Unreadable(path, reason)
        if len(answer) != length_bytes:
            raise Unreadable("the disk", "it is shorter than its size")
        return answer

    def _receive(self, length: int) -> bytes:
        pieces = []
        while length:
            piece = os.read(self._fd, length)
            if not piece:
                raise EOFError
            pieces.append(piece)
            length -= len(piece)
        return b"".join(pieces)


class ProtocolError(Exception):
    """The child sent something that :class:`PipeBlocks` never sends: a hostile disk has taken it over."""


class BlockServer:
    """The parent's end: it collects arriving bytes to requests, and answers each of them.

    Args:
        blocks: The disk.
    """

    def __init__(self, blocks: Blocks) -> None:
        self._blocks = blocks
        self._arrived = b""

    def answer(self, arrived: bytes) -> bytes:
        """Return the answer; empty as long as the request is not complete.

        Args:
            arrived: The bytes that have arrived since the last call.

        Raises:
            ProtocolError: :class:`PipeBlocks` sends no such request.
        """
        self._arrived += arrived
        if len(self._arrived) < _REQUEST.size:
            return b""
        offset, length = _REQUEST.unpack(self._arrived[: _REQUEST.size])
        self._arrived = self._arrived[_REQUEST.size :]
        # PipeBlocks waits for each answer, so bytes after a request are another program's
        if self._arrived or length > MAX_REQUEST_BYTES or offset + length > self._blocks.size_bytes:
            raise ProtocolError(f"the inspection sent an invalid request: {length} bytes at {offset}")
        try:
            content = self._blocks.read_at(offset, length)
        except Unreadable as failure:
            reason = f"{failure.path}\0{failure.reason}".encode("utf-8", "replace")[:_MAX_REASON_BYTES]
            return _ANSWER.pack(False, len(reason)) + reason
        return _ANSWER.pack(True, len(content)) + content
