"""The facts of a disk, each found when it is first asked for. Its format is detected by oslo.utils' inspectors.

Each inspector is asked separately, with corrections. ``detect_file_format``, which asks all of them, refuses an ISO
with a partition table (hybrid installers), and fails with an AttributeError on a text that begins in ASCII and
continues otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cache
from typing import Any, BinaryIO

from guestinspect.formats.archives import find_archive_kind
from guestinspect.formats.content import find_content
from guestinspect.formats.file_ends import FileEnds, LazyFileEnds, TruncatedField, unpack
from guestinspect.formats.integrity import IntegrityCheck, walk_file
from guestinspect.formats.layouts import ploop, vhd, vmdk
from guestinspect.formats.layouts.iso import Iso
from guestinspect.formats.layouts.layout import HEADER, Layout
from guestinspect.formats.layouts.qcow2 import Qcow2
from guestinspect.formats.layouts.qed import Qed
from guestinspect.formats.layouts.raw import Raw
from guestinspect.formats.layouts.vdi import Vdi
from guestinspect.formats.layouts.vhdx import Vhdx
from guestinspect.formats.layouts.vmdk_descriptor import is_descriptor
from guestinspect.model.disk import Content, Disk
from guestinspect.model.fact import Fact, Unknown, once

_INSPECTED_BYTES = 64 * 1024
"""Enough for every inspector to detect its format; the last is ISO, at 34 KiB. With more bytes they compute sizes, up
to the whole file for a streamOptimized VMDK; sizes are read by the layouts here."""

_HEADER_BYTES = {"vmdk": 512}
"""Given more, the inspector of VMDK reads the descriptor, and logs an error on the terminal if it is not ASCII."""

_PADDED_BYTES = 1024
"""The inspectors wait for 512 bytes (LUKS: 592), but a truncated header must be detected, too."""

_LAYOUTS: Mapping[str, type[Layout] | Callable[[FileEnds], Layout]] = {
    "qcow2": Qcow2,
    "qed": Qed,
    "vmdk": vmdk.open_layout,
    "vhdx": Vhdx,
    "vdi": Vdi,
    "vhd": vhd.DynamicVhd,
    "ploop": ploop.Ploop,
    "iso": Iso,
}
"""Where two formats match, the first counts: a header at byte 0 can name other files, and no program reads such a file
as an ISO, whose header is at byte 32768."""

_PARTITIONED, _ENCRYPTED = "gpt", "luks"
_RAW = {_PARTITIONED, _ENCRYPTED}
"""The inspectors' names for disks that are raw to Glance."""


def read_disk(file: BinaryIO, size_bytes: int) -> Disk:
    """Return the facts that the bytes of a file show; each is found when it is first asked for.

    Args:
        file: Open for reading, seekable, and open for as long as facts are asked for. Its name plays no part.
        size_bytes: The size of the file, or of the block device.
    """
    ends = LazyFileEnds(file, size_bytes)
    return build_disk(ends, lambda: walk_file(detect_layout(ends).walks, file, size_bytes))


def build_disk(ends: FileEnds, walk: Callable[[], IntegrityCheck]) -> Disk:
    """Return the facts of a disk.

    Args:
        ends: The two ends of its file.
        walk: Walks over the tables of the disk when called; may raise Unknown.
    """

    def disk_format() -> Fact[str]:
        layout = detect_layout(ends)
        return Fact(layout.name, layout.location)

    def archive_format() -> Fact[str | None]:
        return Fact(None if is_known_format(ends.head) else find_archive_kind(ends.head), HEADER)

    def content() -> Fact[Content]:
        found = find_content(ends.head, detect_layout_of_head(ends).name)
        if found is Content.UNRECOGNIZED and detect_layout(ends).name != "raw":  # a fixed VHD, by its last bytes
            found = Content.DISK
        return Fact(found, HEADER)

    return Disk(
        disk_format=once(disk_format),
        virtual_size_bytes=once(lambda: detect_layout(ends).virtual_size_bytes()),
        archive_format=once(archive_format),
        content=once(content),
        references=once(lambda: detect_layout_of_head(ends).references()),
        damage=once(lambda: _find_damage(ends, walk)),
    )


def _find_damage(ends: FileEnds, walk: Callable[[], IntegrityCheck]) -> Fact[tuple[str, ...]]:
    """Return what is damaged in the file.

    Raises:
        Unknown: No damage was found, but a part of the file could not be checked.
    """
    if not ends.size_bytes:
        return Fact(("it is empty",), "size of the file")
    integrity = walk()
    if contradiction := find_ambiguity(ends):
        integrity.add_damage(contradiction)
    try:
        detect_layout(ends).check_ends(integrity)
    except Unknown as unknown:
        integrity.add_unknown(unknown)
    damage, location = integrity.damage(ends.size_bytes), "headers and tables"
    unknown_part = integrity.unknown(ends.size_bytes)
    if damage or not unknown_part:
        return Fact(damage, location)
    # A field that lies behind the head is unknown, unless the head is all of the file: then the file is too short.
    if isinstance(unknown_part, TruncatedField) and ends.size_bytes <= len(ends.head):
        return Fact((f"it is truncated: {unknown_part.why}",), location)
    raise Unknown(unknown_part.why)


def detect_layout(ends: FileEnds) -> Layout:
    """Return the layout of a file.

    Raises:
        Unknown: The file is empty, or its end is needed and has not been read yet.
    """
    layout = detect_layout_of_head(ends)
    if isinstance(layout, Raw) and vhd.read_fixed_footer(ends.tail, ends.size_bytes):
        return vhd.FixedVhd(ends)
    return layout


def detect_layout_of_head(ends: FileEnds) -> Layout:
    """Return the layout that the beginning of a file shows: raw for a fixed VHD, which has only a footer.

    Raises:
        Unknown: The file is empty.
    """
    if not ends.head:
        raise Unknown("it is empty")
    formats = possible_formats(ends.head)
    return next((layout(ends) for name, layout in _LAYOUTS.items() if name in formats), Raw(ends))


def is_known_format(head: bytes) -> bool:
    """Return True if the beginning of a file shows a format other than raw."""
    return bool(possible_formats(head) - _RAW)


def find_ambiguity(ends: FileEnds) -> str:
    """Return a sentence that names all formats of a file if it has several, else an empty text.

    A file that two programs read as different disks hides something. Two cases are legitimate: a partition table in
    the system area of an ISO (hybrid images), and one before an encrypted disk.
    """
    formats = possible_formats(ends.head)
    if "iso" in formats or _ENCRYPTED in formats:
        formats = formats - {_PARTITIONED}
    if formats - _RAW and vhd.read_fixed_footer(ends.tail, ends.size_bytes):
        formats = formats | {"a fixed vhd"}
    names = sorted("a partitioned disk" if name == _PARTITIONED else name for name in formats)
    return f"it can be read as {' and as '.join(names)}" if len(names) > 1 else ""


def possible_formats(head: bytes) -> set[str]:
    """Return all formats that the beginning of a file matches, by the inspectors' names."""
    start = head[:_INSPECTED_BYTES].ljust(_PADDED_BYTES, b"\0")
    formats = set()
    for name in (_LAYOUTS.keys() | _RAW) & _inspectors().keys():
        inspector = _inspectors()[name]()
        # Hostile bytes make an inspector raise anything (AttributeError, struct.error), perhaps after it has matched.
        with suppress(Exception):
            inspector.eat_chunk(start[: _HEADER_BYTES.get(name)])
        with suppress(Exception):
            if inspector.format_match:
                formats.add(name)
    if head.startswith(ploop.MAGIC_NUMBERS):
        formats.add("ploop")
    if is_descriptor(head) or (head.startswith(vmdk.ESX_MAGIC) and unpack("<I", head, 4) == (1,)):
        formats.add("vmdk")
    return formats


@cache
def _inspectors() -> Mapping[str, Callable[[], Any]]:
    """Return oslo.utils' inspectors; the rest of the inspection does not need that library.

    Raises:
        Unknown: It is not installed.
    """
    try:
        from oslo_utils.imageutils import format_inspector
    except ImportError as missing:
        raise Unknown("oslo.utils, which detects the format of a disk, is not installed") from missing
    return format_inspector.ALL_FORMATS
