"""The facts of a disk that can be read only once: standard input."""

from __future__ import annotations

from contextlib import suppress

from guestinspect.formats.disk_facts import build_disk, detect_layout_of_head
from guestinspect.formats.file_ends import HEAD_BYTES, NOT_ALL_READ, TAIL_BYTES, HeadOnly, StoredFileEnds
from guestinspect.formats.integrity import IntegrityCheck, Walker, start_walks
from guestinspect.model.disk import Disk
from guestinspect.model.fact import NotYet, Unknown


class Stream:
    """Check a disk while it is being read; one or two of its tables are in memory at a time.

    Args:
        head: The first ``HEAD_BYTES`` of the disk, or all of it if it has fewer.
    """

    def __init__(self, head: bytes) -> None:
        self._head = head[:HEAD_BYTES]
        self._tail = b""
        self._at = 0
        self._integrity = IntegrityCheck()
        walkers: tuple[Walker, ...] = ()
        with suppress(Unknown):  # an empty file: its facts say so
            walkers = start_walks(detect_layout_of_head(HeadOnly(self._head)).walks, self._integrity)
        self._collectors = [_Collector(walker, self._head) for walker in walkers]

    def of_head(self) -> Disk:
        """Return the facts that the beginning shows; the others raise Unknown."""

        def not_walked() -> IntegrityCheck:
            raise NotYet(NOT_ALL_READ)

        return build_disk(HeadOnly(self._head), not_walked)

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes of the disk; the first chunk begins at byte 0, so the head is fed again."""
        for collector in self._collectors:
            collector.feed(chunk, self._at)
        self._tail = chunk[-TAIL_BYTES:] if len(chunk) >= TAIL_BYTES else (self._tail + chunk)[-TAIL_BYTES:]
        self._at += len(chunk)

    def finish(self) -> Disk:
        """Return the facts that all of the bytes show."""
        ends = StoredFileEnds(self._head, self._tail, self._at)

        def walked() -> IntegrityCheck:
            for collector in self._collectors:
                collector.finish(ends.size_bytes)
            return self._integrity

        return build_disk(ends, walked)


class _Collector:
    """Collect the ranges that a walker asks for from the chunks of a stream.

    A range in the head is answered at once, so a walk may go back there at any time. Any other range that begins
    before the current chunk is lost.
    """

    def __init__(self, walker: Walker, head: bytes) -> None:
        self._walker = walker
        self._head = head
        self._collected = bytearray()
        self._give_from_head()

    def feed(self, chunk: bytes, at: int) -> None:
        """Take a chunk that begins at byte ``at`` of the file."""
        while wanted := self._walker.wanted:
            if not self._collected and wanted.offset < at:
                self._walker.give_up()
                return
            start = wanted.offset + len(self._collected) - at
            self._collected += chunk[start : wanted.end - at]
            if len(self._collected) < wanted.length:
                return
            self._give()

    def finish(self, size_bytes: int) -> None:
        """End the walk: a range behind the end of the file is given short, one before the end has been passed."""
        while wanted := self._walker.wanted:
            if not self._collected and wanted.offset < size_bytes:
                self._walker.give_up()
            else:
                self._give()

    def _give(self) -> None:
        data, self._collected = bytes(self._collected), bytearray()
        self._walker.give(data)
        self._give_from_head()

    def _give_from_head(self) -> None:
        while (wanted := self._walker.wanted) and (wanted.end <= len(self._head) or not wanted.length):
            self._walker.give(self._head[wanted.offset : wanted.end])
