"""Damage to a disk: what chance does to its bytes, most of it to those by which its readers find their way."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from guestinspect.disk.blocks import Blocks

SECTOR_BYTES = 512
_EXTREMES = (0, 1, 2, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 2**31 - 1, 2**31, 2**32 - 1, 2**63 - 1, 2**63, 2**64 - 1)
_MOST_CHANGES = 4
_FIRST_SECTORS = 16

Span: TypeAlias = tuple[int, int]
"""Where some bytes begin, and how many there are."""


@dataclass(frozen=True)
class Damage:
    """What was done to a disk.

    Args:
        patches: The bytes that are others, by where they begin; later ones lie above earlier ones.
        size_bytes: How long it is now.
    """

    patches: tuple[tuple[int, bytes], ...]
    size_bytes: int

    def __str__(self) -> str:
        said = "; ".join(f"{at}: {data[:16].hex()} ({len(data)})" for at, data in self.patches)
        return f"{said}; {self.size_bytes} bytes"

    def touches(self, spans: Sequence[Span]) -> bool:
        """Whether something was changed there."""
        return any(
            at < start + length and start < at + len(data) for at, data in self.patches for start, length in spans
        )


@dataclass
class DamagedBlocks:
    """A disk that was damaged; the file is as it was."""

    whole: Blocks
    damage: Damage
    size_bytes: int = field(init=False)

    def __post_init__(self) -> None:
        self.size_bytes = self.damage.size_bytes

    def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
        length_bytes = min(length_bytes, self.size_bytes - offset_bytes)
        if length_bytes <= 0:
            return b""
        read = bytearray(self.whole.read_at(offset_bytes, length_bytes))
        for at, data in self.damage.patches:
            start, end = max(at, offset_bytes), min(at + len(data), offset_bytes + len(read))
            if start < end:
                read[start - offset_bytes : end - offset_bytes] = data[start - at : end - at]
        return bytes(read)


def damage(chance: random.Random, disk: Blocks, metadata: Sequence[int]) -> Damage:
    """A few changes to a disk.

    Args:
        metadata: Where the sectors begin that a look inside reads.
    """
    size_bytes = disk.size_bytes
    if chance.random() < 0.04:
        size_bytes = chance.choice((chance.randrange(size_bytes), chance.choice(metadata) + chance.randrange(512)))
    change = chance.choices([change for change, _ in _CHANGES], [weight for _, weight in _CHANGES])
    patches = []
    for _ in range(chance.randint(1, _MOST_CHANGES)):
        if chance.random() < 0.4:
            change = chance.choices([change for change, _ in _CHANGES], [weight for _, weight in _CHANGES])
        patches.append(change[0](chance, disk, _place(chance, disk, metadata), metadata))
    return Damage(tuple(patches), size_bytes)


def _place(chance: random.Random, disk: Blocks, metadata: Sequence[int]) -> int:
    """Where a sector begins that is worth damaging."""
    luck = chance.random()
    if luck < 0.25:
        return metadata[chance.randrange(min(_FIRST_SECTORS, len(metadata)))]
    if luck < 0.97:
        return chance.choice(metadata)
    return chance.randrange(max(1, disk.size_bytes // SECTOR_BYTES)) * SECTOR_BYTES


_Change: TypeAlias = Callable[[random.Random, Blocks, int, Sequence[int]], tuple[int, bytes]]


def _random_bytes(chance: random.Random, disk: Blocks, place: int, metadata: Sequence[int]) -> tuple[int, bytes]:
    return place + chance.randrange(SECTOR_BYTES), chance.randbytes(chance.choice((1, 2, 4, 8, 64, 512)))


def _flipped_bit(chance: random.Random, disk: Blocks, place: int, metadata: Sequence[int]) -> tuple[int, bytes]:
    at = place + _filled(chance, disk, place)
    return at, bytes([(disk.read_at(at, 1) or b"\0")[0] ^ 1 << chance.randrange(8)])


def _extreme(chance: random.Random, disk: Blocks, place: int, metadata: Sequence[int]) -> tuple[int, bytes]:
    width, order = chance.choice((1, 2, 4, 8)), chance.choice("<>")
    at = (place + _filled(chance, disk, place)) // width * width
    value = chance.choice(_EXTREMES) % (1 << 8 * width)
    if chance.random() < 0.3:
        value = (_number(disk, at, width, order) + chance.choice((-1, 1, 2, 256, -256))) % (1 << 8 * width)
    return at, struct.pack(order + {1: "B", 2: "H", 4: "I", 8: "Q"}[width], value)


def _number(disk: Blocks, at: int, width: int, order: str) -> int:
    return int.from_bytes(disk.read_at(at, width), "little" if order == "<" else "big")


def _filled(chance: random.Random, disk: Blocks, place: int) -> int:
    """A place in a sector, mostly one where something stands."""
    sector = disk.read_at(place, SECTOR_BYTES)
    filled = [at for at, byte in enumerate(sector) if byte]
    return chance.choice(filled) if filled and chance.random() < 0.8 else chance.randrange(SECTOR_BYTES)


def _copied_block(chance: random.Random, disk: Blocks, place: int, metadata: Sequence[int]) -> tuple[int, bytes]:
    """Another part of the disk once more: a folder in itself, a tree whose leaf is its root."""
    length = chance.choice((512, 1024, 4096, 16384, 65536))
    source = chance.choice(metadata)
    return place // length * length, disk.read_at(source // length * length, length)


def _copied_field(chance: random.Random, disk: Blocks, place: int, metadata: Sequence[int]) -> tuple[int, bytes]:
    """A number from elsewhere: a pointer to what another one points to."""
    width = chance.choice((2, 4, 8, 16))
    source = chance.choice((place, chance.choice(metadata)))
    at = (place + _filled(chance, disk, place)) // width * width
    return at, disk.read_at((source + _filled(chance, disk, source)) // width * width, width)


def _zeroed(chance: random.Random, disk: Blocks, place: int, metadata: Sequence[int]) -> tuple[int, bytes]:
    length = chance.choice((512, 1024, 4096, 65536))
    return place // length * length, bytes(length)


_CHANGES: tuple[tuple[_Change, int], ...] = (
    (_extreme, 8),
    (_flipped_bit, 5),
    (_copied_field, 5),
    (_random_bytes, 4),
    (_copied_block, 2),
    (_zeroed, 1),
)
