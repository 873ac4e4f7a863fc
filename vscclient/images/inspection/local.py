"""Inspecting a file on this machine, and its summary in a line."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import TypeVar

from guestinspect.api import Inspection
from guestinspect.model.disk import Content, Disk
from guestinspect.model.fact import AlreadyReported, Provider, Unknown, once
from guestinspect.model.guest import lazy_guest
from vscclient.images.data.source import Source
from vscclient.images.data.unpacked_source import UnpackedSource
from vscclient.images.inspection.image_data import NOT_INSPECTED, Cost, ImageData, unknown_data
from vscclient.images.options.groups import InspectOptions
from vscclient.model.amount import format_size
from vscclient.model.image import COMPRESSED

T = TypeVar("T")

_INSTALLER = "iso"
_NOT_DISKS = {Content.KERNEL: "kernel", Content.RAMDISK: "ramdisk", Content.OVA: "OVA"}


def data_of_file(source: Source, inspect_options: InspectOptions, container_format: str | None = None) -> ImageData:
    """Return the data of a file: of a new image, or of a copy of an image.

    Args:
        source: The file.
        inspect_options: Whether the guest is inspected.
        container_format: That of the image. For ``compressed``, the disk in the file is inspected, as the cloud will
            unpack it.
    """
    if container_format == COMPRESSED:
        source = UnpackedSource(source)
    if not inspect_options.inspect:
        return unknown_data(source.disk(), NOT_INSPECTED)
    inspections: list[Inspection] = []

    def inspect() -> Inspection:
        if flaw := _flaw(source.disk(), is_unpacked=container_format == COMPRESSED):
            raise AlreadyReported(flaw)
        inspections.append(source.inspect())
        return inspections[0]

    def cost() -> Cost:
        return Cost(bytes_read=inspections[0].bytes_read if inspections else 0)

    inspect_once = once(inspect)
    guest = lazy_guest(lambda: inspect_once().as_guest())
    return ImageData(disk=source.disk(), guest=guest, inspect=inspect_once, cost=cost)


def summary(source: Source) -> str:
    """Return a line like ``rna.qcow2: qcow2, 40 GiB disk``; what is unknown is left out."""
    return _line(source, ())


def upload_summary(source: Source) -> str:
    """Return a line like ``rna.qcow2: qcow2, 40 GiB disk, 11.2 GiB to send``."""
    return _line(source, () if source.size_bytes is None else (f"{format_size(source.size_bytes)} to send",))


def _line(source: Source, ending: Iterable[str]) -> str:
    disk, parts = source.disk(), list[str]()
    content = _known(disk.content)
    with suppress(Unknown):
        if content in _NOT_DISKS:
            parts.append(_NOT_DISKS[content])
        elif archive_format := disk.archive_format().value:
            parts.append(archive_format)
        else:
            parts.append(disk.disk_format().value)
            parts.append(f"{format_size(disk.virtual_size_bytes().value)} disk")
    parts += ending
    line = f"{source.label}: {', '.join(parts) or 'looks like raw'}"
    return f"{line}. Installer image: the system it will install cannot be checked" if _INSTALLER in parts else line


def _flaw(disk: Disk, *, is_unpacked: bool) -> str:
    """Return why the file is not a complete disk, which the rules D302 to D304 report; empty if it is one."""
    if not is_unpacked and (archive_format := _known(disk.archive_format)):
        return f"it is a {archive_format} file, not a disk"
    if references := _known(disk.references):
        return f"it needs another file: {references[0]}"
    damage = _known(disk.damage)
    return damage[0] if damage else ""


def _known(find: Provider[T]) -> T | None:
    try:
        return find().value
    except Unknown:
        return None
