"""Logical volumes of LVM2 that lie in one piece after another (linear); the others are known by name only.

Source: lib/format_text/layout.h and format-text.c of LVM2. A physical volume begins with a label in one of its first
four sectors, which says where the metadata areas are; the newest description in one of them is a text.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from guestinspect.disk.blocks import Blocks, JoinedBlocks, WindowBlocks, read_exactly
from guestinspect.disk.limits import METADATA_BYTES, PARTITIONS
from guestinspect.disk.tree import Unreadable
from guestinspect.disk.volumes.lvm_text import Value, number, parse, section
from guestinspect.disk.volumes.volume import Volume

_SECTOR_BYTES = 512
_LABEL = struct.Struct("<8sQII8s")
_AREA = struct.Struct("<QQ")
_AREA_HEADER = struct.Struct("<I16sIQQ")
_TEXT_AT = struct.Struct("<QQII")
_AREA_MAGIC = b" LVM2 x[5A%r0N*>"
_CRC_START = 0xF597A6CF
_MOST_AREAS = 8
_MOST_SEGMENTS = 4096


@dataclass(frozen=True)
class PhysicalVolume:
    """A partition that belongs to a volume group.

    Args:
        uuid: Its own, without dashes.
        blocks: Its bits.
        text: The description of its volume group; empty: it has none (another one of the group has).
    """

    uuid: str
    blocks: Blocks
    text: str


def physical_volume(blocks: Blocks) -> PhysicalVolume | None:
    """What a partition says of its volume group; None: it belongs to none.

    Raises:
        Unreadable: It belongs to one, and is damaged.
    """
    for sector in range(4):
        label = blocks.read_at(sector * _SECTOR_BYTES, _SECTOR_BYTES)
        if label[:8] == b"LABELONE" and label[24:32] == b"LVM2 001":
            return _physical_volume(blocks, label)
    return None


def _physical_volume(blocks: Blocks, label: bytes) -> PhysicalVolume:
    _id, _sector, stored, at, _kind = _LABEL.unpack_from(label)
    if _crc(label[20:]) != stored or at + 40 > _SECTOR_BYTES:
        raise Unreadable("an LVM volume", "its label is damaged")
    texts = [_text(blocks, start, size) for start, size in _metadata_areas(label, at + 40)]
    newest = max((text for text in texts if text), key=_seqno, default="")
    return PhysicalVolume(label[at : at + 32].decode("ascii", "replace"), blocks, newest)


def _metadata_areas(label: bytes, at: int) -> Iterator[tuple[int, int]]:
    """Where the descriptions are: the second list behind the header, the first is that of the data areas."""
    lists_ended = areas = 0
    while at + _AREA.size <= len(label) and lists_ended < 2 and areas < _MOST_AREAS:
        start, size = _AREA.unpack_from(label, at)
        at += _AREA.size
        if not start:
            lists_ended += 1
        elif lists_ended == 1:
            areas += 1
            yield start, size


def _text(blocks: Blocks, area_at: int, area_bytes: int) -> str:
    """The description in a metadata area, which is a ring behind its first sector; empty: there is none yet."""
    header = read_exactly(blocks, area_at, _SECTOR_BYTES)
    stored, magic, _version, _start, _size = _AREA_HEADER.unpack_from(header)
    if magic != _AREA_MAGIC or _crc(header[4:]) != stored:
        raise Unreadable("an LVM volume", "its metadata area is damaged")
    at, length, text_stored, flags = _TEXT_AT.unpack_from(header, _AREA_HEADER.size)
    if not at or flags & 1:
        return ""
    if length > METADATA_BYTES or not _SECTOR_BYTES <= at < area_bytes or length > area_bytes - _SECTOR_BYTES:
        raise Unreadable("an LVM volume", "its description has no place in its metadata area")
    first = min(length, area_bytes - at)
    text = read_exactly(blocks, area_at + at, first) + read_exactly(blocks, area_at + _SECTOR_BYTES, length - first)
    if _crc(text) != text_stored:
        raise Unreadable("an LVM volume", "its description is damaged")
    return text.rstrip(b"\0").decode("utf-8", "surrogateescape")


def _crc(data: bytes) -> int:
    """LVM's check sum: CRC-32 with a start of its own, and not inverted at the end."""
    return zlib.crc32(data, _CRC_START ^ 0xFFFFFFFF) ^ 0xFFFFFFFF


def _seqno(text: str) -> int:
    found = re.search(r"^\s*seqno = (\d{1,18})$", text, re.MULTILINE)
    return int(found[1]) if found else 0


def logical_volumes(physical: Sequence[PhysicalVolume]) -> tuple[Volume, ...]:
    """The logical volumes that these physical ones make together.

    Raises:
        Unreadable: The description of a group is not understood.
    """
    newest: dict[str, PhysicalVolume] = {}
    for volume in physical:
        for group in parse(volume.text):
            if group not in newest or _seqno(volume.text) > _seqno(newest[group].text):
                newest[group] = volume
    blocks_of = {volume.uuid: volume.blocks for volume in physical}
    found = [
        volume for group, said in newest.items() for volume in _of_group(group, parse(said.text)[group], blocks_of)
    ]
    if len(found) > PARTITIONS:
        raise Unreadable("an LVM volume", f"there are more than {PARTITIONS} logical volumes")
    return tuple(found)


def _of_group(group: str, said: Value, blocks_of: Mapping[str, Blocks]) -> Iterator[Volume]:
    sections = section(said)
    extent_bytes = number(sections, "extent_size") * _SECTOR_BYTES
    starts = {}
    for name, one in section(sections.get("physical_volumes", {})).items():
        blocks = blocks_of.get(str(section(one).get("id", "")).replace("-", ""))
        starts[name] = (blocks, number(section(one), "pe_start") * _SECTOR_BYTES)
    for name, one in section(sections.get("logical_volumes", {})).items():
        status = section(one).get("status")
        if not isinstance(status, list) or "VISIBLE" not in status:
            continue
        mapped = f"{group.replace('-', '--')}-{name.replace('-', '--')}"
        devices = frozenset({f"/dev/mapper/{mapped}", f"/dev/{group}/{name}"})
        yield Volume(f"{group}/{name}", _joined(f"{group}/{name}", section(one), starts, extent_bytes), devices=devices)


def _joined(
    name: str, said: Mapping[str, Value], starts: Mapping[str, tuple[Blocks | None, int]], extent_bytes: int
) -> Blocks | Unreadable:
    """The bits of a logical volume, or why they cannot be had."""
    parts: list[WindowBlocks] = []
    expected = 0
    try:
        segments = number(said, "segment_count")
        if segments > _MOST_SEGMENTS:
            return Unreadable(name, f"it is in more than {_MOST_SEGMENTS} parts")
        for index in range(1, segments + 1):
            segment = section(said.get(f"segment{index}", {}))
            if number(segment, "start_extent") != expected:
                return Unreadable(name, "its parts do not follow one another")
            extents = number(segment, "extent_count")
            parts.append(_segment(name, segment, starts, extent_bytes))
            expected += extents
    except Unreadable as unreadable:
        return unreadable
    return JoinedBlocks(parts) if parts else Unreadable(name, "it has no parts")


def _segment(
    name: str, said: Mapping[str, Value], starts: Mapping[str, tuple[Blocks | None, int]], extent_bytes: int
) -> WindowBlocks:
    kind, stripes = said.get("type"), said.get("stripes")
    if kind != "striped" or number(said, "stripe_count") != 1 or not isinstance(stripes, list) or len(stripes) != 2:
        shown = "striped over several disks" if kind == "striped" else f"of LVM's type {kind!r}"
        raise Unreadable(name, f"it is {shown}; only linear logical volumes are read")
    on, first = stripes
    blocks, data_at = starts.get(str(on), (None, 0))
    if blocks is None or not isinstance(first, int):
        raise Unreadable(name, "a part of it is on another disk")
    size_bytes = number(said, "extent_count") * extent_bytes
    return WindowBlocks(blocks, data_at + first * extent_bytes, size_bytes)
