"""A disk in the cloud, read by range requests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from guestinspect.model.fact import Unknown
from vscclient import errors
from vscclient.glance.ranges import RangedImage


class RemoteBlocks:
    """The blocks of an image. Blocks that the cloud does not return are unknown."""

    def __init__(self, image: RangedImage) -> None:
        self.size_bytes = image.size_bytes
        self._image = image

    def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
        """Return the bytes from an offset on; fewer only at the end.

        Raises:
            Unknown: The cloud does not return them.
        """
        with cloud_errors_as_unknown():
            return self._image.read_at(offset_bytes, length_bytes)


@contextmanager
def cloud_errors_as_unknown() -> Iterator[None]:
    """Make what the cloud does not return unknown, for the reason that its error gives."""
    try:
        yield
    except errors.CloudError as refusal:
        raise Unknown(str(refusal)) from refusal
