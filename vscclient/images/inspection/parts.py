"""An image in the cloud as an open file."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager

from guestinspect.model.fact import Unknown
from vscclient import errors
from vscclient.glance.ranges import RangedImage


class PartsFile(io.RawIOBase):
    """Reads parts of the image as they are asked for; what the cloud does not give is unknown."""

    def __init__(self, parts: RangedImage) -> None:
        self._parts = parts
        self._offset_bytes = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._offset_bytes, io.SEEK_END: self._parts.size_bytes}[whence]
        self._offset_bytes = max(0, start + offset)
        return self._offset_bytes

    def readinto(self, buffer: object) -> int:
        with memoryview(buffer) as view, telling():  # type: ignore[arg-type]
            content = self._parts.read_at(self._offset_bytes, view.nbytes)
            view[: len(content)] = content
        self._offset_bytes += len(content)
        return len(content)


@contextmanager
def telling() -> Iterator[None]:
    """What the cloud does not give is unknown, and why."""
    try:
        yield
    except errors.CloudError as refusal:
        raise Unknown(str(refusal)) from refusal
