"""Random damage to the bytes of a disk, mostly to the structures that its readers follow."""

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
"""The start and the length of a range of bytes."""


@dataclass(frozen=True)
class Damage:
    """The damage to a disk.

    Args:
        patches: The changed bytes with their offsets; later patches cover earlier ones.
        size_bytes: The new size of the disk, in bytes.
    """

    patches: tuple[tuple[int, bytes], ...]
    size_bytes: int

    def __str__(self) -> str:
        changes = "; ".join(f"{at}: {data[:16].hex()} ({len(data)})" for at, data in self.patches)
        return f"{changes}; {self.size_bytes} bytes"

    def touches(self, spans: Sequence[Span]) -> bool:
        """Return True if one of the ranges was changed."""
        return any(
            at < start + length and start < at + len(data) for at, data in self.patches for start, length in spans
        )


@dataclass
class DamagedBlocks:
    """A view of a disk with damage; its file stays intact.

    Args:
        whole: The intact disk.
        damage: The damage.
    """

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


def damage_disk(chance: random.Random, disk: Blocks, metadata: Sequence[int]) -> Damage:
    """Return a few random changes to a disk.

    Args:
        chance: The source of random numbers.
        disk: The intact disk.
        metadata: The offsets of the sectors that an inspection reads, except for content of files.
    """
    size_bytes = disk.size_bytes
    if chance.random() < 0.04:
        size_bytes = chance.choice((chance.randrange(size_bytes), chance.choice(metadata) + chance.randrange(512)))
    change = chance.choices([change for change, _ in _CHANGES], [weight for _, weight in _CHANGES])
    patches = []
    for _ in range(chance.randint(1, _MOST_CHANGES)):
        if chance.random() < 0.4:
            change = chance.choices([change for change, _ in _CHANGES], [weight for _, weight in _CHANGES])
        patches.append(change[0](chance, disk, _choose_sector(chance, disk, metadata), metadata))
    return Damage(tuple(patches), size_bytes)


def _choose_sector(chance: random.Random, disk: Blocks, metadata: Sequence[int]) -> int:
    """Return the offset of a sector that is worth damaging."""
    luck = chance.random()
    if luck < 0.25:
        return metadata[chance.randrange(min(_FIRST_SECTORS, len(metadata)))]
    if luck < 0.97:
        return chance.choice(metadata)
    return chance.randrange(max(1, disk.size_bytes // SECTOR_BYTES)) * SECTOR_BYTES


_Change: TypeAlias = Callable[[random.Random, Blocks, int, Sequence[int]], tuple[int, bytes]]


def _randomize_bytes(chance: random.Random, disk: Blocks, sector_at: int, metadata: Sequence[int]) -> tuple[int, bytes]:
    return sector_at + chance.randrange(SECTOR_BYTES), chance.randbytes(chance.choice((1, 2, 4, 8, 64, 512)))


def _flip_bit(chance: random.Random, disk: Blocks, sector_at: int, metadata: Sequence[int]) -> tuple[int, bytes]:
    at = sector_at + _choose_byte(chance, disk, sector_at)
    return at, bytes([(disk.read_at(at, 1) or b"\0")[0] ^ 1 << chance.randrange(8)])


def _set_extreme(chance: random.Random, disk: Blocks, sector_at: int, metadata: Sequence[int]) -> tuple[int, bytes]:
    width, order = chance.choice((1, 2, 4, 8)), chance.choice("<>")
    at = (sector_at + _choose_byte(chance, disk, sector_at)) // width * width
    value = chance.choice(_EXTREMES) % (1 << 8 * width)
    if chance.random() < 0.3:
        old = int.from_bytes(disk.read_at(at, width), "little" if order == "<" else "big")
        value = (old + chance.choice((-1, 1, 2, 256, -256))) % (1 << 8 * width)
    return at, struct.pack(order + {1: "B", 2: "H", 4: "I", 8: "Q"}[width], value)


def _choose_byte(chance: random.Random, disk: Blocks, sector_at: int) -> int:
    """Return an offset in a sector, mostly that of a byte that is not zero."""
    sector = disk.read_at(sector_at, SECTOR_BYTES)
    filled = [at for at, byte in enumerate(sector) if byte]
    return chance.choice(filled) if filled and chance.random() < 0.8 else chance.randrange(SECTOR_BYTES)


def _copy_block(chance: random.Random, disk: Blocks, sector_at: int, metadata: Sequence[int]) -> tuple[int, bytes]:
    """Copy another part of the disk: a folder inside itself, a tree whose leaf is its root."""
    length = chance.choice((512, 1024, 4096, 16384, 65536))
    source = chance.choice(metadata)
    return sector_at // length * length, disk.read_at(source // length * length, length)


def _copy_field(chance: random.Random, disk: Blocks, sector_at: int, metadata: Sequence[int]) -> tuple[int, bytes]:
    """Copy a number from another place: a pointer to the target of another pointer."""
    width = chance.choice((2, 4, 8, 16))
    source = chance.choice((sector_at, chance.choice(metadata)))
    at = (sector_at + _choose_byte(chance, disk, sector_at)) // width * width
    return at, disk.read_at((source + _choose_byte(chance, disk, source)) // width * width, width)


def _zero_block(chance: random.Random, disk: Blocks, sector_at: int, metadata: Sequence[int]) -> tuple[int, bytes]:
    length = chance.choice((512, 1024, 4096, 65536))
    return sector_at // length * length, bytes(length)


_CHANGES: tuple[tuple[_Change, int], ...] = (
    (_set_extreme, 8),
    (_flip_bit, 5),
    (_copy_field, 5),
    (_randomize_bytes, 4),
    (_copy_block, 2),
    (_zero_block, 1),
)
