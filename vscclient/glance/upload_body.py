"""The body of an upload: read once, hashed at the same time, never sent twice."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from typing import BinaryIO

from vscclient import errors

_DROP_BYTES = 16 * 1024**2
"""After so many bytes they are dropped from the page cache; small enough for a shared node, large enough to be fast."""


SILENCE_S = 300.0
"""The longest silence during an upload, in seconds, unless the user sets another one. A slow line is not silent."""


class UploadBody:
    """A file as glanceclient reads it (``read(n)``), which hashes the pieces.

    Args:
        file: The open file, or standard input.
        head: The bytes that were read from it before, and are sent first.
        watch: Called with each piece, after it was hashed.

    Attributes:
        timeout_s: The longest silence of the service, in seconds: it accepts not a single byte.
    """

    def __init__(
        self,
        file: BinaryIO,
        *,
        head: bytes = b"",
        watch: Callable[[bytes], None] = lambda _piece: None,
    ) -> None:
        self.timeout_s = SILENCE_S
        self._file = file
        self._head = head
        self._watch = watch
        self._hash = hashlib.sha512()
        self._ended = False
        self._dropped_bytes = 0
        self.sent_bytes = 0

    def read(self, size_bytes: int) -> bytes:
        """Return the next piece; empty at the end, once.

        Raises:
            Mismatch: It is read after its end. A library tries to send it a second time, which would store an empty
                image.
        """
        if self._ended:
            raise errors.Mismatch("the connection was lost, and sending a second time would have stored an empty image")
        if self._head:
            piece, self._head = self._head[:size_bytes], self._head[size_bytes:]
        else:
            piece = self._file.read(size_bytes)
        self._ended = not piece
        self._hash.update(piece)
        self.sent_bytes += len(piece)
        if self.sent_bytes - self._dropped_bytes >= _DROP_BYTES:
            drop_from_page_cache(self._file, self._dropped_bytes, self.sent_bytes - self._dropped_bytes)
            self._dropped_bytes = self.sent_bytes
        self._watch(piece)
        return piece

    @property
    def has_ended(self) -> bool:
        """True if all data was read."""
        return self._ended

    @property
    def sha512(self) -> str:
        """The hash of the bytes sent until now, hexadecimal."""
        return self._hash.hexdigest()


def drop_from_page_cache(file: BinaryIO, offset_bytes: int, length_bytes: int) -> None:
    """Tell the kernel that these bytes will not be read again. A pipe has no such bytes.

    The page cache of a shared machine would otherwise fill with a file that is read only once.

    Source: posix_fadvise(2).
    """
    try:
        os.posix_fadvise(file.fileno(), offset_bytes, length_bytes, os.POSIX_FADV_DONTNEED)
    except OSError:
        return
