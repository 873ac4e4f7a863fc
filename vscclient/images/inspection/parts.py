"""The data of an image in the cloud, read by range requests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from guestinspect.model.fact import Unknown
from vscclient import errors
from vscclient.glance.ranges import RangedImage


class Parts:
    """Blocks of an image; what the cloud does not give is unknown."""

    def __init__(self, image: RangedImage) -> None:
        self.size_bytes = image.size_bytes
        self._image = image

    def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
        """Return the bytes from an offset on; fewer only at the end.

        Raises:
            Unknown: The cloud does not give them.
        """
        with telling():
            return self._image.read_at(offset_bytes, length_bytes)


@contextmanager
def telling() -> Iterator[None]:
    """What the cloud does not give is unknown, and why."""
    try:
        yield
    except errors.CloudError as refusal:
        raise Unknown(str(refusal)) from refusal
