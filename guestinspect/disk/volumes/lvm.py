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
from guestinspect.disk.volumes.lvm_text import MetadataSection, parse, quote
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
        name: The name of the partition.
        uuid: Its UUID, without dashes.
        blocks: Its bytes.
        text: The description of its volume group; empty: only other volumes of the group have one.
    """

    name: str
    uuid: str
    blocks: Blocks
    text: str


def read_physical_volume(volume: Volume) -> PhysicalVolume | None:
    """Return a partition as a physical volume; None: it belongs to no volume group.

    Raises:
        Unreadable: It belongs to a group, and is damaged.
    """
    blocks = volume.readable_blocks()
    for sector in range(4):
        label = blocks.read_at(sector * _SECTOR_BYTES, _SECTOR_BYTES)
        if label[:8] == b"LABELONE" and label[24:32] == b"LVM2 001":
            break
    else:
        return None
    _id, _sector, checksum, at, _type = _LABEL.unpack_from(label)
    # crc_xl covers the sector from the field behind it on.
    if _crc(label[20:]) != checksum:
        raise Unreadable(volume.name, f"the checksum of its LVM label in sector {sector} is wrong")
    if at + _UUID_BYTES + 8 > _SECTOR_BYTES:
        raise Unreadable(volume.name, f"its LVM label in sector {sector} refers to byte {at} of the sector")
    # pv_header: the UUID, the size of the device, then the lists of areas.
    areas = _metadata_areas(label, at + _UUID_BYTES + 8)
    texts = [_read_text(volume.name, blocks, start, size) for start, size in areas]
    newest = max((text for text in texts if text), key=_seqno, default="")
    return PhysicalVolume(volume.name, label[at : at + _UUID_BYTES].decode("ascii", "replace"), blocks, newest)


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


def _read_text(name: str, blocks: Blocks, area_at: int, area_bytes: int) -> str:
    """Return the current description in a metadata area; empty: the area has none.

    Args:
        name: The name of the physical volume, for messages.
        blocks: Its bytes.
        area_at: The first byte of the area.
        area_bytes: The length of the area.

    Raises:
        Unreadable: The area is damaged.
    """
    area = f"LVM metadata area at byte {area_at}"
    header = read_exactly(blocks, area_at, _SECTOR_BYTES)
    checksum, magic, _version, _start, _size = _AREA_HEADER.unpack_from(header)
    if magic != _AREA_MAGIC or _crc(header[4:]) != checksum:
        raise Unreadable(name, f"the header of its {area} is damaged")
    at, length, text_checksum, flags = _RAW_LOCATION.unpack_from(header, _AREA_HEADER.size)
    if not at or flags & _IGNORED:
        return ""
    if length > METADATA_BYTES or not _SECTOR_BYTES <= at < area_bytes or length > area_bytes - _SECTOR_BYTES:
        raise Unreadable(name, f"its {area} is {area_bytes} bytes long, but refers to {length} bytes at byte {at}")
    # A text that reaches the end of the area continues behind the header, which does not belong to the ring.
    first = min(length, area_bytes - at)
    text = read_exactly(blocks, area_at + at, first) + read_exactly(blocks, area_at + _SECTOR_BYTES, length - first)
    if _crc(text) != text_checksum:
        raise Unreadable(name, f"the checksum of the text in its {area} is wrong")
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
        Unreadable: The description of a group is damaged.
    """
    newest: dict[str, tuple[int, MetadataSection]] = {}
    for volume in physical:
        seqno = _seqno(volume.text)
        for group, section in parse(volume.text, volume.name).items():
            if group not in newest or seqno > newest[group][0]:
                newest[group] = seqno, section
    blocks_by_uuid = {volume.uuid: volume.blocks for volume in physical}
    groups = [_VolumeGroup(group, section, blocks_by_uuid) for group, (_seqno, section) in newest.items()]
    volumes = tuple(logical for group in groups for logical in group.logical_volumes())
    if len(volumes) > PARTITIONS:
        raise Unreadable("the volume groups of LVM", f"there are more than {PARTITIONS} logical volumes")
    return volumes


class _VolumeGroup:
    """A volume group.

    Args:
        name: Its name.
        description: The section about it.
        blocks_by_uuid: The bytes of each physical volume of the disk.

    Raises:
        Unreadable: The description is damaged.
    """

    def __init__(self, name: str, description: MetadataSection, blocks_by_uuid: Mapping[str, Blocks]) -> None:
        self._name = name
        self._description = description
        self._extent_bytes = description.number("extent_size") * _SECTOR_BYTES
        # By the name that the description gives a physical volume, "pv0": its bytes and where its first extent begins.
        self._physical: dict[str, tuple[Blocks | None, int]] = {}
        for key, section in description.section("physical_volumes").sections():
            blocks = blocks_by_uuid.get(str(section.values.get("id", "")).replace("-", ""))
            self._physical[key] = (blocks, section.number("pe_start") * _SECTOR_BYTES)

    def logical_volumes(self) -> Iterator[Volume]:
        """The logical volumes of the group, readable or not."""
        for key, section in self._description.section("logical_volumes").sections():
            status = section.values.get("status")
            if not isinstance(status, list) or "VISIBLE" not in status:  # a part of another volume, as of a mirror
                continue
            name = f"{self._name}/{key}"
            # The device mapper separates group and volume by a dash, so dashes in the names are doubled.
            mapped = f"{self._name.replace('-', '--')}-{key.replace('-', '--')}"
            blocks: Blocks | Unreadable
            try:
                blocks = JoinedBlocks(list(self.segments(name, section)))
            except Unreadable as unreadable:
                blocks = unreadable
            yield Volume(name, blocks, devices=frozenset({f"/dev/mapper/{mapped}", f"/dev/{name}"}))

    def segments(self, name: str, description: MetadataSection) -> Iterator[WindowBlocks]:
        """The bytes of each segment of a logical volume, in their order.

        Args:
            name: The name of the logical volume: "vg0/root".
            description: The section about it.

        Raises:
            Unreadable: A segment is not linear or not on this disk, or is described wrongly.
        """
        count = description.number("segment_count")
        if not 0 < count <= _MAX_SEGMENTS:
            raise Unreadable(name, f"it has {count} segments; 1 to {_MAX_SEGMENTS} are supported")
        next_extent = 0
        for number in range(1, count + 1):
            segment = description.section(f"segment{number}")
            start = segment.number("start_extent")
            if start != next_extent:
                raise Unreadable(name, f"its segment {number} begins at extent {start}, not at {next_extent}")
            next_extent += segment.number("extent_count")
            yield self.open_segment(name, segment)

    def open_segment(self, name: str, segment: MetadataSection) -> WindowBlocks:
        """Return the bytes of a linear segment, which LVM describes as striped over one device.

        Args:
            name: The name of its logical volume.
            segment: The section about it.

        Raises:
            Unreadable: It is not linear, or on another disk.
        """
        kind, stripes = segment.values.get("type"), segment.values.get("stripes")
        is_linear = kind == "striped" and segment.number("stripe_count") == 1
        if not is_linear or not isinstance(stripes, list) or len(stripes) != 2:
            shown = "striped over several disks" if kind == "striped" else f"of LVM's type {quote(kind)}"
            raise Unreadable(name, f"it is {shown}; only linear logical volumes are supported")
        device, first_extent = stripes
        blocks, data_at = self._physical.get(str(device), (None, 0))
        if blocks is None or not isinstance(first_extent, int):
            raise Unreadable(name, f"one of its segments is on another disk ({quote(device)})")
        length_bytes = segment.number("extent_count") * self._extent_bytes
        return WindowBlocks(blocks, data_at + first_extent * self._extent_bytes, length_bytes)
