"""A pipe as the source of the data of an image."""

from __future__ import annotations

from collections.abc import Callable
from io import BufferedReader

from guestinspect.api import HEAD_BYTES, Inspection, PackedStreamInspection, inspect_packed_stream, inspect_stream
from guestinspect.model.disk import Disk
from guestinspect.model.fact import Unknown
from vscclient import errors
from vscclient.glance.upload_body import UploadBody


class StreamSource:
    """A pipe: its head is inspected before the first byte is sent, the rest while it is sent.

    Args:
        label: The name that the user gave.
        file: Opened for reading.
        size_bytes: Its length in bytes, if the user gave it.
    """

    def __init__(self, label: str, file: BufferedReader, size_bytes: int | None) -> None:
        self.label = label
        self.can_be_read_again = False
        self.size_bytes = size_bytes
        self._file = file
        self._head = file.read(HEAD_BYTES)
        self._is_all = len(self._head) < HEAD_BYTES
        self._has_ended = False
        self._inspection, self._content = inspect_stream(), inspect_packed_stream()
        self._feed(self._head)
        if self._is_all:
            self.size_bytes = len(self._head)
            self._end_inspection()

    def disk(self) -> Disk:
        return self._inspection.disk()

    def inspect(self) -> Inspection:
        if self._has_ended:
            raise Unknown("standard input cannot be inspected; name a file")
        return self._inspection.inspection()

    def close(self) -> None:
        pass

    def unpacked(self) -> _StreamContent:
        return _StreamContent(self._content)

    def body(self, advance: Callable[[int], None]) -> UploadBody:
        def watch(piece: bytes) -> None:
            advance(len(piece))
            if self._is_all:
                return
            first = body.sent_bytes - len(piece)
            self._feed(piece[max(0, len(self._head) - first) :])  # its head was inspected before
            if not piece:
                self._end(body.sent_bytes)

        body = UploadBody(self._file, head=self._head, watch=watch)
        return body

    def has_changed(self) -> bool:
        return False

    def reopened_if_touched(self) -> None:
        return None

    def digest(self, algorithm: str, advance: Callable[[int], None]) -> str | None:  # noqa: ARG002  # as Source wants it
        return None

    def _end(self, read_bytes: int) -> None:
        if self.size_bytes not in (None, read_bytes):
            raise errors.UsageError(f"--size says {self.size_bytes} bytes, but {self.label} had {read_bytes}")
        self._end_inspection()
        self._has_ended = True

    def _feed(self, piece: bytes) -> None:
        self._inspection.feed(piece)
        self._content.feed(piece)

    def _end_inspection(self) -> None:
        self._inspection.end()
        self._content.end()


class _StreamContent:
    """The content of a compressed file that is read only once."""

    def __init__(self, inspection: PackedStreamInspection) -> None:
        self.disk = inspection.disk
        self.inspect = inspection.inspection
