"""Blocks over a pipe: the child that looks inside a guest asks, and its parent, who has the disk, answers.

A question is an offset and a length; an answer is whether there are bytes, how many, and the bytes, or else the reason.
"""

from __future__ import annotations

import os
import struct

from guestinspect.disk.blocks import Blocks
from guestinspect.disk.tree import Unreadable

MOST_BYTES = 1024**2
"""The longest piece that is asked for at once, in bytes."""

_QUESTION = struct.Struct("<QI")
_ANSWER = struct.Struct("<?I")
_MOST_WORDS_BYTES = 4096


class PipeBlocks:
    """The child's end.

    Args:
        fd: Of the pipe, open in both directions.
        size_bytes: Of the disk.
    """

    def __init__(self, fd: int, size_bytes: int) -> None:
        self.size_bytes = size_bytes
        self._fd = fd

    def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
        """The bytes from an offset on; fewer only at the end.

        Raises:
            Unreadable: The parent could not have them.
        """
        end = min(offset_bytes + length_bytes, self.size_bytes)
        pieces = []
        while offset_bytes < end:
            piece = self._ask(offset_bytes, min(end - offset_bytes, MOST_BYTES))
            pieces.append(piece)
            offset_bytes += len(piece)
        return b"".join(pieces)

    def _ask(self, offset_bytes: int, length_bytes: int) -> bytes:
        try:
            os.write(self._fd, _QUESTION.pack(offset_bytes, length_bytes))
            is_there, length = _ANSWER.unpack(self._read(_ANSWER.size))
            said = self._read(length)
        except (OSError, EOFError) as failure:
            raise Unreadable("the disk", "nobody answers any more") from failure
        if not is_there:
            path, _, why = said.decode("utf-8", "replace").partition("\0")
            raise Unreadable(path, why)
        if len(said) != length_bytes:
            raise Unreadable("the disk", "it ended before its end")
        return said

    def _read(self, length: int) -> bytes:
        pieces = []
        while length:
            piece = os.read(self._fd, length)
            if not piece:
                raise EOFError
            pieces.append(piece)
            length -= len(piece)
        return b"".join(pieces)


class ProtocolError(Exception):
    """Something arrived that the child's end never sends: it is not itself any more."""


class Questions:
    """The parent's end: what arrives byte by byte becomes questions, and each of them an answer.

    Args:
        blocks: Whoever has the disk.
    """

    def __init__(self, blocks: Blocks) -> None:
        self._blocks = blocks
        self._arrived = b""

    def answer(self, arrived: bytes) -> bytes:
        """The answer, or nothing where the question is not complete.

        Raises:
            Nonsense: It is no question that the child's end asks.
        """
        self._arrived += arrived
        if len(self._arrived) < _QUESTION.size:
            return b""
        offset, length = _QUESTION.unpack(self._arrived[: _QUESTION.size])
        self._arrived = self._arrived[_QUESTION.size :]
        if self._arrived or length > MOST_BYTES or offset + length > self._blocks.size_bytes:
            raise ProtocolError(f"the look inside asked for {length} bytes at {offset}, which makes no sense")
        try:
            return _answer(self._blocks.read_at(offset, length))
        except Unreadable as failure:
            return _refusal(failure)


def _answer(content: bytes) -> bytes:
    return _ANSWER.pack(True, len(content)) + content


def _refusal(failure: Unreadable) -> bytes:
    words = f"{failure.path}\0{failure.reason}".encode("utf-8", "replace")[:_MOST_WORDS_BYTES]
    return _ANSWER.pack(False, len(words)) + words
