"""What a look inside an intact guest finds, where on the disk it reads for that, and where files' content lies."""

from __future__ import annotations

import json
import mmap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias
from unittest import mock

from fuzzing.corpus import guest_files
from fuzzing.damage import SECTOR_BYTES, Span
from guestinspect.disk import open_disk
from guestinspect.disk.blocks import Blocks, CachedBlocks, FileBlocks
from guestinspect.inspector import inspect
from guestinspect.model.inspection import Inspection, UnknownReason
from guestinspect.serialization import plain

Answers: TypeAlias = Mapping[str, str]
"""The facts that are known, by name, without how they were found out."""

_FIND_BYTES = 48
_MOST_PLACES = 8
_PIECE_BYTES = 4096


@dataclass(frozen=True)
class Intact:
    """An intact guest on a disk.

    Args:
        answers: What a look finds.
        metadata: Where the sectors begin that it reads for that, but for those that hold only content of files.
        content: Where content of files lies.
    """

    answers: Answers
    metadata: tuple[int, ...]
    content: tuple[Span, ...]


def looked_at(path: Path) -> Intact:
    """Looks at an intact disk."""
    read: set[int] = set()

    class Noted(CachedBlocks):
        """Notes which sectors are asked for."""

        def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
            read.update(range(offset_bytes // SECTOR_BYTES, -(-(offset_bytes + length_bytes) // SECTOR_BYTES)))
            return super().read_at(offset_bytes, length_bytes)

    with path.open("rb") as file:
        blocks = FileBlocks(file)
        with mock.patch.object(open_disk, "CachedBlocks", Noted):
            found = inspect(blocks)
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as bits:
            content = tuple(_content(bits))
        metadata = tuple(sector * SECTOR_BYTES for sector in sorted(read) if _is_metadata(blocks, sector, content))
    return Intact(answers(found), metadata, content)


def _is_metadata(blocks: Blocks, sector: int, content: tuple[Span, ...]) -> bool:
    at = sector * SECTOR_BYTES
    inside = any(start <= at and at + SECTOR_BYTES <= start + length for start, length in content)
    return not inside and any(blocks.read_at(at, SECTOR_BYTES))


def _content(bits: mmap.mmap) -> Iterator[Span]:
    """Where the files of the guest lie, as far as their bytes stand on the disk as they are."""
    for content in set(guest_files().values()):
        for piece_at in range(0, len(content), _PIECE_BYTES):
            piece = content[piece_at : piece_at + _PIECE_BYTES]
            at = bits.find(piece[:_FIND_BYTES]) if len(piece) > 3 else -1
            for _ in range(_MOST_PLACES):
                if at < 0:
                    break
                yield at, len(piece)
                at = bits.find(piece[:_FIND_BYTES], at + 1)


def answers(inspection: Inspection) -> Answers:
    """What a look found out."""
    found = {**inspection.guest, **{str(kind): fact for kind, fact in inspection.leftovers.items()}}
    known = {
        name: json.dumps(_without_reasons(plain(fact.value)), sort_keys=True)
        for name, fact in found.items()
        if not isinstance(fact, UnknownReason)
    }
    return known if inspection.kind in ("", "not understood") else {**known, "kind": inspection.kind}


def _without_reasons(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: part for name, part in value.items() if name not in ("why", "location")}
    return value


def unknown(inspection: Inspection) -> list[str]:
    """Why what is unknown is so, fact by fact."""
    found = (*inspection.guest.values(), *inspection.leftovers.values())
    return [fact.unknown for fact in found if isinstance(fact, UnknownReason)]
