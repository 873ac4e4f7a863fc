"""The source of the data of an image that the cloud unpacks."""

from __future__ import annotations

from guestinspect.api import Inspection
from guestinspect.model.disk import UNPACKED_BY_CLOUD, Disk, packed_disk
from guestinspect.model.fact import once
from vscclient.images.data.source import Source


class UnpackedSource:
    """A compressed file of which the content is inspected; what is sent is the file itself.

    Args:
        source: The file.
    """

    def __init__(self, source: Source) -> None:
        self.label = source.label
        self.size_bytes = source.size_bytes
        self.can_be_read_again = source.can_be_read_again
        self.close = source.close
        self.unpacked = once(source.unpacked)
        self.body = source.body
        self.has_changed = source.has_changed
        self.reopened_if_touched = source.reopened_if_touched
        self.digest = source.digest
        self._source = source

    def disk(self) -> Disk:
        return packed_disk(self._source.disk(), lambda: self.unpacked().disk())

    def inspect(self) -> Inspection:
        is_packed = self._source.disk().archive_format().value in UNPACKED_BY_CLOUD
        return self.unpacked().inspect() if is_packed else self._source.inspect()
