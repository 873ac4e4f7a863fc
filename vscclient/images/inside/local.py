"""Looking into a file on this machine."""

from __future__ import annotations

from vscclient.facts.guest.report import Look
from vscclient.images.data.source import Source
from vscclient.images.inside.bits import NOT_INSPECTED, Bits, Cost, remembered, unseen
from vscclient.images.options import Looking


def bits_of(source: Source, looking: Looking) -> Bits:
    """What is known of the data that is to become an image, or of a copy of it."""
    if not looking.inspect:
        return unseen(source.disk(), NOT_INSPECTED)
    seen: list[Look] = []

    def look() -> Look:
        seen.append(source.look())
        return seen[0]

    return Bits(
        disk=source.disk(),
        look=remembered(look),
        cost=lambda: Cost(bytes_read=seen[0].bytes_read if seen else 0),
    )
