"""A disk in the cloud, read by range requests."""

from __future__ import annotations

from vscclient.glance.ranges import RangedImage
from vscclient.images.cloud import cloud_errors_as_unknown


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
