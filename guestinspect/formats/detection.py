"""Detection of the format of a disk, by oslo.utils' inspectors, with corrections.

Each inspector is asked separately. ``detect_file_format``, which asks all of them, refuses an ISO with a partition
table (hybrid installers), and fails with an AttributeError on a text that begins in ASCII and continues otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cache
from typing import Any

from guestinspect.formats.file_ends import FileEnds, unpack
from guestinspect.formats.layouts import ploop, vhd, vmdk
from guestinspect.formats.layouts.iso import Iso
from guestinspect.formats.layouts.layout import Layout
from guestinspect.formats.layouts.qcow2 import Qcow2
from guestinspect.formats.layouts.qed import Qed
from guestinspect.formats.layouts.raw import Raw
from guestinspect.formats.layouts.vdi import Vdi
from guestinspect.formats.layouts.vhdx import Vhdx
from guestinspect.formats.layouts.vmdk_descriptor import is_descriptor
from guestinspect.model.fact import Unknown

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
