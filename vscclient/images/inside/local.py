"""Looking into a file on this machine."""

from __future__ import annotations

from vscclient.facts.guest.report import Look
from vscclient.images.data.source import Source
from vscclient.images.inside.bits import NOT_INSPECTED, Bits, Cost, unseen
from vscclient.images.options import Looking
from vscclient.model.disk import Disk
from vscclient.model.fact import Moot, Unknown, once


def bits_of(source: Source, looking: Looking) -> Bits:
    """What is known of the data that is to become an image, or of a copy of it."""
    if not looking.inspect:
        return unseen(source.disk(), NOT_INSPECTED)
    seen: list[Look] = []

    def look() -> Look:
        if _is_no_whole_disk(source.disk()):
            raise Moot("it is not a whole disk that stands by itself")
        seen.append(source.look())
        return seen[0]

    return Bits(
        disk=source.disk(),
        look=once(look),
        cost=lambda: Cost(bytes_read=seen[0].bytes_read if seen else 0),
    )


def _is_no_whole_disk(disk: Disk) -> bool:
    """Whether it is a compressed file, refers outside itself, or is not whole: D302 to D304 say so."""
    for find in (disk.wrapping, disk.references, disk.damage):
        try:
            if find().value:
                return True
        except Unknown:
            continue
    return False
