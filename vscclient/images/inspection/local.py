"""Looking into a file on this machine."""

from __future__ import annotations

from typing import TypeVar

from guestinspect.api import Inspection
from guestinspect.model.disk import Disk
from guestinspect.model.fact import AlreadyReported, Provider, Unknown, once
from vscclient.images.data.source import Source
from vscclient.images.inspection.bits import NOT_INSPECTED, Bits, Cost, unseen
from vscclient.images.options.groups import InspectOptions

T = TypeVar("T")


def bits_of(source: Source, inspect_options: InspectOptions) -> Bits:
    """What is known of the data that is to become an image, or of a copy of it."""
    if not inspect_options.inspect:
        return unseen(source.disk(), NOT_INSPECTED)
    seen: list[Inspection] = []

    def inspect() -> Inspection:
        if flaw := _flaw(source.disk()):
            raise AlreadyReported(flaw)
        seen.append(source.inspect())
        return seen[0]

    return Bits(
        disk=source.disk(),
        inspect=once(inspect),
        cost=lambda: Cost(bytes_read=seen[0].bytes_read if seen else 0),
    )


def _flaw(disk: Disk) -> str:
    """Why it is not a whole disk that stands by itself, of which D302 to D304 tell; empty: it is one."""
    if wrapping := _found(disk.wrapping):
        return f"it is a {wrapping} file, not a disk"
    if references := _found(disk.references):
        return f"it needs another file: {references[0]}"
    damage = _found(disk.damage)
    return damage[0] if damage else ""


def _found(find: Provider[T]) -> T | None:
    try:
        return find().value
    except Unknown:
        return None
