"""Leads the walks over a disk's tables, over a file or along a stream."""

from __future__ import annotations

from collections.abc import Callable
from typing import BinaryIO

from guestinspect.formats.ends import read
from guestinspect.formats.layout import Layout
from guestinspect.formats.needs import Needs, Span, Walk, WentBy
from guestinspect.model.fact import Unknown


class Walker:
    """One walk on its way. What it cannot find out becomes something unseen in its needs."""

    def __init__(self, walk: Walk, needs: Needs) -> None:
        self._walk = walk
        self._needs = needs
        self.wanted: Span | None = None
        self._go(lambda: next(walk))

    def give(self, data: bytes) -> None:
        """The bytes that it wanted."""
        self._go(lambda: self._walk.send(data))

    def give_up(self) -> None:
        """It cannot have what it wanted: that went by before."""
        self._go(lambda: self._walk.throw(WentBy()))

    def _go(self, step: Callable[[], Span]) -> None:
        try:
            self.wanted = step()
        except StopIteration:
            self.wanted = None
        except Unknown as unknown:
            self._needs.unseen(unknown)
            self.wanted = None


def walkers_of(layout: Layout, needs: Needs) -> tuple[Walker, ...]:
    """The walks over a disk, each waiting for its first bytes."""
    try:
        return tuple(Walker(walk, needs) for walk in layout.walks(needs))
    except Unknown as unknown:
        needs.unseen(unknown)
        return ()


def walk_file(layout: Layout, file: BinaryIO, size_bytes: int) -> Needs:
    """Walks over all tables of an open file."""
    needs = Needs(size_bytes)
    for walker in walkers_of(layout, needs):
        while span := walker.wanted:
            inside = max(0, min(span.end, size_bytes) - span.offset)
            walker.give(read(file, span.offset, inside) if inside else b"")
    return needs
