"""A disk that can be read only once: standard input."""

from __future__ import annotations

from guestinspect.formats.assembly import disk_of
from guestinspect.formats.detection import layout_of_head
from guestinspect.formats.ends import HEAD_BYTES, NOT_ALL_READ, TAIL_BYTES, BothEnds, HeadOnly
from guestinspect.formats.needs import Needs, Span
from guestinspect.formats.walker import Walker, walkers_of
from guestinspect.model.disk import Disk
from guestinspect.model.fact import NotYet, Unknown


class Stream:
    """Looks at a disk while it is being read, with a table or two of it in memory.

    Args:
        head: Its first ``HEAD_BYTES``, or all of it if it has fewer.
    """

    def __init__(self, head: bytes) -> None:
        self._head = head[:HEAD_BYTES]
        self._tail = b""
        self._at = 0
        self._needs = Needs()
        self._collectors = [_Collector(walker, self._head) for walker in self._walkers()]

    def of_head(self) -> Disk:
        """What the beginning shows; the rest raises Unknown."""
        return disk_of(HeadOnly(self._head), _not_walked)

    def feed(self, chunk: bytes) -> None:
        """The next bytes, from the first one on: the head, too."""
        for collector in self._collectors:
            collector.feed(chunk, self._at)
        self._tail = chunk[-TAIL_BYTES:] if len(chunk) >= TAIL_BYTES else (self._tail + chunk)[-TAIL_BYTES:]
        self._at += len(chunk)

    def finish(self) -> Disk:
        """What all of the bytes have shown."""
        ends = BothEnds(self._head, self._tail, self._at)
        return disk_of(ends, lambda: self._walked(ends))

    def _walkers(self) -> tuple[Walker, ...]:
        try:
            return walkers_of(layout_of_head(HeadOnly(self._head)), self._needs)
        except Unknown:
            return ()

    def _walked(self, ends: BothEnds) -> Needs:
        for collector in self._collectors:
            collector.finish(ends.size_bytes)
        return self._needs


def _not_walked() -> Needs:
    raise NotYet(NOT_ALL_READ)


class _Collector:
    """Collects what a walker wants from the chunks that go by."""

    def __init__(self, walker: Walker, head: bytes) -> None:
        self._walker = walker
        self._head = head
        self._collected = bytearray()
        self._give_from_head()

    def feed(self, chunk: bytes, at: int) -> None:
        """Bytes of the file, and where they stand in it."""
        while span := self._walker.wanted:
            if not self._collected and span.offset < at:
                self._walker.give_up()
                return
            start = span.offset + len(self._collected) - at
            self._collected += chunk[start : span.end - at]
            if len(self._collected) < span.length:
                return
            self._give()

    def finish(self, size_bytes: int) -> None:
        """There are no more bytes: what is wanted behind the end is not there, what is wanted before it is gone."""
        while span := self._walker.wanted:
            if not self._collected and span.offset < size_bytes:
                self._walker.give_up()
            else:
                self._give()

    def _give(self) -> None:
        data, self._collected = bytes(self._collected), bytearray()
        self._walker.give(data)
        self._give_from_head()

    def _give_from_head(self) -> None:
        while (span := self._walker.wanted) and (span.end <= len(self._head) or not span.length):
            self._walker.give(self._slice(span))

    def _slice(self, span: Span) -> bytes:
        return self._head[span.offset : span.end]
