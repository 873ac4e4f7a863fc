"""The body of an upload: read once, hashed in the same pass, never sent twice."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from typing import BinaryIO

from vscclient import errors

_FORGET_BYTES = 16 * 1024**2
"""How much is read before the kernel is told to forget it; small enough for a shared node, large enough to cost
nothing."""


class Sending:
    """A file as glanceclient reads it (``read(n)``), which hashes what passes.

    Args:
        file: The open file, or standard input.
        head: What has been read of it already, and has to be sent first.
        watch: Told of every piece, after it was hashed.
    """

    def __init__(
        self, file: BinaryIO, *, head: bytes = b"", watch: Callable[[bytes], None] = lambda piece: None
    ) -> None:
        self._file = file
        self._head = head
        self._watch = watch
        self._hash = hashlib.sha512()
        self._ended = False
        self._forgotten_bytes = 0
        self.sent_bytes = 0

    def read(self, size_bytes: int) -> bytes:
        """The next piece; empty at the end, once.

        Raises:
            Mismatch: It is read again after its end. Something below tries to send it a second time, which would
                store nothing.
        """
        if self._ended:
            raise errors.Mismatch("the connection was lost, and sending a second time would have stored an empty image")
        piece = self._next(size_bytes)
        if not piece:
            self._ended = True
        self._hash.update(piece)
        self.sent_bytes += len(piece)
        self._forget()
        self._watch(piece)
        return piece

    @property
    def sha512(self) -> str:
        """The hash of all that was sent, hexadecimal."""
        return self._hash.hexdigest()

    def _next(self, size_bytes: int) -> bytes:
        if self._head:
            piece, self._head = self._head[:size_bytes], self._head[size_bytes:]
            return piece
        return self._file.read(size_bytes)

    def _forget(self) -> None:
        """Keeps the page cache of a shared machine from being filled with a file that is read only once."""
        if self.sent_bytes - self._forgotten_bytes >= _FORGET_BYTES:
            forget(self._file, self._forgotten_bytes, self.sent_bytes - self._forgotten_bytes)
            self._forgotten_bytes = self.sent_bytes


def forget(file: BinaryIO, offset_bytes: int, length_bytes: int) -> None:
    """Tells the kernel that these bytes will not be read again. A pipe has no such bytes.

    Source: posix_fadvise(2).
    """
    try:
        os.posix_fadvise(file.fileno(), offset_bytes, length_bytes, os.POSIX_FADV_DONTNEED)
    except OSError:
        return
