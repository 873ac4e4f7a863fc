"""The inspection of an intact disk: the facts, the sectors that it reads, and the location of files' content."""

from __future__ import annotations

import json
import mmap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias
from unittest import mock

from fuzzing.corpus import list_guest_files
from fuzzing.disk_damage import SECTOR_BYTES, Span
from guestinspect.disk import open_disk
from guestinspect.disk.blocks import Blocks, CachedBlocks, FileBlocks
from guestinspect.inspector import NOT_UNDERSTOOD, inspect
from guestinspect.model.inspection import Inspection, UnknownReason, plain

KnownFacts: TypeAlias = Mapping[str, str]
"""The known facts by name, without their explanations and locations."""

_FIND_BYTES = 48
_MOST_COPIES = 8
_PIECE_BYTES = 4096


@dataclass(frozen=True)
class IntactDisk:
    """An intact disk with a guest.

    Args:
        facts: The known facts of its inspection.
        metadata: The offsets of the sectors that the inspection reads, except for those with content of files only.
        content: The ranges with content of files.
    """

    facts: KnownFacts
    metadata: tuple[int, ...]
    content: tuple[Span, ...]


def inspect_intact(path: Path) -> IntactDisk:
    """Inspect an intact disk."""
    read: set[int] = set()

    class RecordingBlocks(CachedBlocks):
        """Blocks that record the sectors that are read."""

        def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
            read.update(range(offset_bytes // SECTOR_BYTES, -(-(offset_bytes + length_bytes) // SECTOR_BYTES)))
            return super().read_at(offset_bytes, length_bytes)

    with path.open("rb") as file:
        blocks = FileBlocks(file)
        with mock.patch.object(open_disk, "CachedBlocks", RecordingBlocks):
            inspection = inspect(blocks)
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as bits:
            content = tuple(_find_content(bits))
        metadata = tuple(sector * SECTOR_BYTES for sector in sorted(read) if _is_metadata(blocks, sector, content))
    return IntactDisk(list_known_facts(inspection), metadata, content)


def _is_metadata(blocks: Blocks, sector: int, content: tuple[Span, ...]) -> bool:
    at = sector * SECTOR_BYTES
    inside = any(start <= at and at + SECTOR_BYTES <= start + length for start, length in content)
    return not inside and any(blocks.read_at(at, SECTOR_BYTES))


def _find_content(bits: mmap.mmap) -> Iterator[Span]:
    """Yield the ranges of the disk that hold content of the guest's files, unless it is compressed."""
    for content in set(list_guest_files().values()):
        for piece_at in range(0, len(content), _PIECE_BYTES):
            piece = content[piece_at : piece_at + _PIECE_BYTES]
            at = bits.find(piece[:_FIND_BYTES]) if len(piece) > 3 else -1
            for _ in range(_MOST_COPIES):
                if at < 0:
                    break
                yield at, len(piece)
                at = bits.find(piece[:_FIND_BYTES], at + 1)


def list_known_facts(inspection: Inspection) -> KnownFacts:
    """Return the known facts of an inspection."""
    facts = {**inspection.guest, **{str(kind): fact for kind, fact in inspection.leftovers.items()}}
    known = {
        name: json.dumps(_without_reasons(plain(fact.value)), sort_keys=True)
        for name, fact in facts.items()
        if not isinstance(fact, UnknownReason)
    }
    return known if inspection.kind in ("", NOT_UNDERSTOOD) else {**known, "kind": inspection.kind}


def _without_reasons(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: part for name, part in value.items() if name not in ("explanation", "location")}
    return value


def list_unknown_reasons(inspection: Inspection) -> list[str]:
    """Return the reason of each unknown fact."""
    facts = (*inspection.guest.values(), *inspection.leftovers.values())
    return [fact.unknown for fact in facts if isinstance(fact, UnknownReason)]
