"""Which format a file has. The work is done by oslo.utils' inspectors; mended is what they take for another.

They are asked one by one: together (``detect_file_format``) they give up on an ISO that has a partition table, and a
text that begins as ASCII and goes on otherwise ends them with an AttributeError.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from oslo_utils.imageutils import format_inspector

from guestinspect.formats import vhd, vmdk
from guestinspect.formats.ends import Ends
from guestinspect.formats.fields import unpack
from guestinspect.formats.iso import Iso
from guestinspect.formats.layout import Layout
from guestinspect.formats.qcow2 import Qcow2
from guestinspect.formats.qed import Qed
from guestinspect.formats.raw import Raw
from guestinspect.formats.vdi import Vdi
from guestinspect.formats.vhdx import Vhdx
from guestinspect.formats.vmdk_descriptor import looks_like_descriptor
from guestinspect.model.fact import Unknown

_INSPECTED_BYTES = 64 * 1024
"""Enough for every inspector to see its format, the last being ISO at 34 KiB. More would be read for sizes only, up to
all of the file for a streamOptimized VMDK, and those are read here."""

_HEADER_BYTES = {"vmdk": 512}
"""Given more, the inspector of VMDK reads the description, and logs an error for the user to see if it is not ASCII."""

_PADDED_BYTES = 1024
"""The inspectors wait for 512 bytes (LUKS: 592): a header that is cut short is still one."""

_LAYOUTS: dict[str, Callable[[bytes], type[Layout]]] = {
    "qcow2": lambda head: Qcow2,
    "qed": lambda head: Qed,
    "vmdk": vmdk.layout_of,
    "vhdx": lambda head: Vhdx,
    "vdi": lambda head: Vdi,
    "vhd": lambda head: vhd.DynamicVhd,
    "iso": lambda head: Iso,
}
"""Of two readings the first counts: what begins at byte 0 can name other files, and no program takes it for an ISO."""

_PARTITIONED, _ENCRYPTED = "gpt", "luks"
_RAW = {_PARTITIONED, _ENCRYPTED}


def layout_of(ends: Ends) -> Layout:
    """The layout of a file; raises Unknown if it is empty, or if its end is needed and not there yet."""
    layout = layout_of_head(ends)
    if isinstance(layout, Raw) and vhd.fixed_footer(ends.tail, ends.size_bytes):
        return vhd.FixedVhd(ends)
    return layout


def layout_of_head(ends: Ends) -> Layout:
    """The layout that the beginning shows: that of a fixed VHD is raw."""
    if not ends.head:
        raise Unknown("it is empty")
    found = readings(ends.head)
    name = next((name for name in _LAYOUTS if name in found), None)
    return _LAYOUTS[name](ends.head)(ends) if name else Raw(ends)


def is_disk_format(head: bytes) -> bool:
    """Whether the beginning shows a format other than raw."""
    return bool(readings(head) - _RAW)


def ambiguity(ends: Ends) -> str:
    """What contradicts itself, or nothing: a file that two programs read as different disks hides something.

    A partition table in an ISO's system area is none (hybrid images), nor is one before an encrypted disk.
    """
    found = readings(ends.head)
    if "iso" in found or _ENCRYPTED in found:
        found = found - {_PARTITIONED}
    if found - _RAW and vhd.fixed_footer(ends.tail, ends.size_bytes):
        found = found | {"a fixed vhd"}
    words = sorted("a partitioned disk" if name == _PARTITIONED else name for name in found)
    return f"it can be read as {' and as '.join(words)}" if len(words) > 1 else ""


def readings(head: bytes) -> set[str]:
    """All formats that a file could be taken for, in the inspectors' words."""
    start = head[:_INSPECTED_BYTES].ljust(_PADDED_BYTES, b"\0")
    found = {name for name in (*_LAYOUTS, *_RAW) if _matches(name, start[: _HEADER_BYTES.get(name)])}
    if looks_like_descriptor(head) or (head.startswith(vmdk.ESX_MAGIC) and unpack("<I", head, 4) == (1,)):
        found.add("vmdk")
    return found


def _matches(name: str, start: bytes) -> bool:
    inspector = format_inspector.ALL_FORMATS[name]()
    # Hostile bytes make an inspector raise anything (AttributeError, struct.error): then it may have seen enough.
    with suppress(Exception):
        inspector.eat_chunk(start)
    with suppress(Exception):
        return bool(inspector.format_match)
    return False
