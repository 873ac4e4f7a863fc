"""The logical volumes of LVM2. Those that are linear are readable, others are known by name only.

A physical volume begins with a label in one of its first four sectors. The label leads to the metadata areas; each is a
ring buffer that holds the description of the volume group as a text, in several versions.

Source: lib/format_text/layout.h, format-text.c and label.h of LVM2; fields are named in comments as there.
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
from guestinspect.disk.volumes.lvm_text import Value, as_section, get_number, parse
from guestinspect.disk.volumes.volume import Volume

_SECTOR_BYTES = 512

_LABEL = struct.Struct("<8sQII8s")
"""label_header: id, sector_xl, crc_xl, offset_xl (where pv_header begins in the sector), type."""

_UUID_BYTES = 32
_AREA = struct.Struct("<QQ")
"""disk_locn: offset, size."""

_AREA_HEADER = struct.Struct("<I16sIQQ")
"""mda_header: checksum_xl, magic, version, start, size."""

_RAW_LOCATION = struct.Struct("<QQII")
"""raw_locn, which follows mda_header: offset, size, checksum, flags."""

_IGNORED = 1
"""RAW_LOCN_IGNORED: this area is not in use."""

_AREA_MAGIC = b" LVM2 x[5A%r0N*>"
_CRC_START = 0xF597A6CF
"""INITIAL_CRC."""

_MAX_AREAS = 8
_MAX_SEGMENTS = 4096


@dataclass(frozen=True)
class PhysicalVolume:
    """A partition that belongs to a volume group.

    Args:
        uuid: Its UUID, without dashes.
        blocks: Its bytes.
        text: The description of its volume group; empty: only other volumes of the group have one.
    """

    uuid: str
    blocks: Blocks
    text: str


def read_physical_volume(blocks: Blocks) -> PhysicalVolume | None:
    """Return a partition as a physical volume; None: it belongs to no volume group.

    Raises:
        Unreadable: It belongs to a group, and is damaged.
    """
    for sector in range(4):
        label = blocks.read_at(sector * _SECTOR_BYTES, _SECTOR_BYTES)
        if label[:8] == b"LABELONE" and label[24:32] == b"LVM2 001":
            break
    else:
        return None
    _id, _sector, checksum, at, _type = _LABEL.unpack_from(label)
    # crc_xl covers the sector from the field behind it on.
    if _crc(label[20:]) != checksum or at + _UUID_BYTES + 8 > _SECTOR_BYTES:
        raise Unreadable("an LVM volume", "its label is damaged")
    # pv_header: the UUID, the size of the device, then the lists of areas.
    texts = [_read_text(blocks, start, size) for start, size in _metadata_areas(label, at + _UUID_BYTES + 8)]
    newest = max((text for text in texts if text), key=_seqno, default="")
    return PhysicalVolume(label[at : at + _UUID_BYTES].decode("ascii", "replace"), blocks, newest)


def _metadata_areas(label: bytes, at: int) -> Iterator[tuple[int, int]]:
    """The position and length of each metadata area, in bytes.

    The label has two lists of areas, each ended by an empty area: data areas first, metadata areas second.
    """
    lists_ended = areas = 0
    while at + _AREA.size <= len(label) and lists_ended < 2 and areas < _MAX_AREAS:
        start, size = _AREA.unpack_from(label, at)
        at += _AREA.size
        if not start:
            lists_ended += 1
        elif lists_ended == 1:
            areas += 1
            yield start, size


def _read_text(blocks: Blocks, area_at: int, area_bytes: int) -> str:
    """Return the current description in a metadata area; empty: the area has none.

    Raises:
        Unreadable: The area is damaged.
    """
    header = read_exactly(blocks, area_at, _SECTOR_BYTES)
    checksum, magic, _version, _start, _size = _AREA_HEADER.unpack_from(header)
    if magic != _AREA_MAGIC or _crc(header[4:]) != checksum:
        raise Unreadable("an LVM volume", "its metadata area is damaged")
    at, length, text_checksum, flags = _RAW_LOCATION.unpack_from(header, _AREA_HEADER.size)
    if not at or flags & _IGNORED:
        return ""
    if length > METADATA_BYTES or not _SECTOR_BYTES <= at < area_bytes or length > area_bytes - _SECTOR_BYTES:
        raise Unreadable("an LVM volume", "its description is outside its metadata area")
    # A text that reaches the end of the area continues behind the header, which does not belong to the ring.
    first = min(length, area_bytes - at)
    text = read_exactly(blocks, area_at + at, first) + read_exactly(blocks, area_at + _SECTOR_BYTES, length - first)
    if _crc(text) != text_checksum:
        raise Unreadable("an LVM volume", "its description is damaged")
    return text.rstrip(b"\0").decode("utf-8", "surrogateescape")


def _crc(data: bytes) -> int:
    """Return LVM's checksum: a CRC-32 with another start value, and not inverted at the end (calc_crc)."""
    return zlib.crc32(data, _CRC_START ^ 0xFFFFFFFF) ^ 0xFFFFFFFF


def _seqno(text: str) -> int:
    """Return the version of a description: LVM increments it with every change."""
    match = re.search(r"^\s*seqno = (\d{1,18})$", text, re.MULTILINE)
    return int(match[1]) if match else 0


def logical_volumes(physical: Sequence[PhysicalVolume]) -> tuple[Volume, ...]:
    """Return the logical volumes that these physical ones form together.

    Raises:
        Unreadable: The description of a group is not understood.
    """
    newest: dict[str, PhysicalVolume] = {}
    for volume in physical:
        for group in parse(volume.text):
            if group not in newest or _seqno(volume.text) > _seqno(newest[group].text):
                newest[group] = volume
    blocks_by_uuid = {volume.uuid: volume.blocks for volume in physical}
    volumes = [
        logical
        for group, described in newest.items()
        for logical in _volumes_of_group(group, as_section(parse(described.text)[group]), blocks_by_uuid)
    ]
    if len(volumes) > PARTITIONS:
        raise Unreadable("an LVM volume", f"there are more than {PARTITIONS} logical volumes")
    return tuple(volumes)


def _volumes_of_group(
    group: str, description: Mapping[str, Value], blocks_by_uuid: Mapping[str, Blocks]
) -> Iterator[Volume]:
    extent_bytes = get_number(description, "extent_size") * _SECTOR_BYTES
    # By the name that the description gives a physical volume, "pv0": its bytes and where its first extent begins.
    physical = {}
    for name, value in as_section(description.get("physical_volumes", {})).items():
        section = as_section(value)
        blocks = blocks_by_uuid.get(str(section.get("id", "")).replace("-", ""))
        physical[name] = (blocks, get_number(section, "pe_start") * _SECTOR_BYTES)
    for name, value in as_section(description.get("logical_volumes", {})).items():
        section = as_section(value)
        status = section.get("status")
        if not isinstance(status, list) or "VISIBLE" not in status:  # a part of another volume, as of a mirror
            continue
        # The device mapper separates group and volume by a dash, so dashes in the names are doubled.
        mapped = f"{group.replace('-', '--')}-{name.replace('-', '--')}"
        devices = frozenset({f"/dev/mapper/{mapped}", f"/dev/{group}/{name}"})
        yield Volume(
            f"{group}/{name}", _join_segments(f"{group}/{name}", section, physical, extent_bytes), devices=devices
        )


def _join_segments(
    name: str,
    description: Mapping[str, Value],
    physical: Mapping[str, tuple[Blocks | None, int]],
    extent_bytes: int,
) -> Blocks | Unreadable:
    """Return the bytes of a logical volume, or why they cannot be read."""
    parts: list[WindowBlocks] = []
    next_extent = 0
    try:
        segments = get_number(description, "segment_count")
        if segments > _MAX_SEGMENTS:
            return Unreadable(name, f"it has more than {_MAX_SEGMENTS} segments")
        for index in range(1, segments + 1):
            segment = as_section(description.get(f"segment{index}", {}))
            if get_number(segment, "start_extent") != next_extent:
                return Unreadable(name, "its segments are not in sequence")
            next_extent += get_number(segment, "extent_count")
            parts.append(_open_segment(name, segment, physical, extent_bytes))
    except Unreadable as unreadable:
        return unreadable
    return JoinedBlocks(parts) if parts else Unreadable(name, "it has no segments")


def _open_segment(
    name: str,
    segment: Mapping[str, Value],
    physical: Mapping[str, tuple[Blocks | None, int]],
    extent_bytes: int,
) -> WindowBlocks:
    """Return the bytes of a linear segment, which LVM describes as striped over one device."""
    kind, stripes = segment.get("type"), segment.get("stripes")
    if (
        kind != "striped"
        or get_number(segment, "stripe_count") != 1
        or not isinstance(stripes, list)
        or len(stripes) != 2
    ):
        shown = "striped over several disks" if kind == "striped" else f"of LVM's type {kind!r}"
        raise Unreadable(name, f"it is {shown}; only linear logical volumes are supported")
    device, first_extent = stripes
    blocks, data_at = physical.get(str(device), (None, 0))
    if blocks is None or not isinstance(first_extent, int):
        raise Unreadable(name, "one of its segments is on another disk")
    return WindowBlocks(
        blocks, data_at + first_extent * extent_bytes, get_number(segment, "extent_count") * extent_bytes
    )
