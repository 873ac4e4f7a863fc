"""The file with the data: facts that its headers and tables show, without the file systems in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

from guestinspect.model.fact import Provider, Unknown, unknown_fact

DISK_FORMATS = ("raw", "qcow2", "vmdk", "vdi", "vhd", "vhdx", "iso")
"""The formats of a disk with a guest. Source: Glance's default ``disk_formats``; ``ploop`` is not offered by the
VSC."""


UNPACKED_BY_CLOUD = frozenset({"gzip", "zip", "lha"})
"""The kinds of compressed files that the cloud unpacks: gzip, and zip and lha with one file. Source: Glance,
``glance/async_/flows/plugins/image_decompression.py``; Cinder, ``cinder/image/accelerator.py``."""


class Content(StrEnum):
    """The kind of data in a file."""

    DISK = "disk"
    """A file in a disk format, a disk with a partition table, or a file system."""

    KERNEL = "kernel"
    """A kernel, or another program that a boot loader starts; also compressed."""

    RAMDISK = "ramdisk"
    """An initial RAM disk in a cpio archive, also compressed."""

    OVA = "ova"
    """A tar archive with the OVF descriptor of an appliance, and its disks."""

    ARCHIVE = "archive"
    """Another archive, or a compressed file."""

    UNRECOGNIZED = "unrecognized"
    """Data without a known structure: it may be a disk nevertheless."""


_NO_FILE = "there is no file to inspect"


@dataclass(frozen=True, kw_only=True)
class Disk:
    """The facts of a disk. Each is found when first asked for; asking for one that is unknown raises Unknown.

    Args:
        disk_format: The format as Glance names it (``DISK_FORMATS``), or another one (``ploop``, ``qed``).
        virtual_size_bytes: The size that the guest sees, in bytes.
        archive_format: The kind of compressed file or archive (``gzip``); None for a disk.
        content: The kind of data.
        references: Other files that it needs, in words: ``backing file /images/base.qcow2``.
        damage: What is missing or broken, in words: ``it is empty``; empty if nothing is.
    """

    disk_format: Provider[str] = unknown_fact(_NO_FILE)
    virtual_size_bytes: Provider[int] = unknown_fact(_NO_FILE)
    archive_format: Provider[str | None] = unknown_fact(_NO_FILE)
    content: Provider[Content] = unknown_fact(_NO_FILE)
    references: Provider[tuple[str, ...]] = unknown_fact(_NO_FILE)
    damage: Provider[tuple[str, ...]] = unknown_fact(_NO_FILE)


def lazy_disk(find: Callable[[], Disk]) -> Disk:
    """Return a disk that is opened when the first fact is asked for.

    Args:
        find: Opens it, and keeps it open; may raise Unknown.
    """

    def fact(name: str) -> Provider[Any]:
        return lambda: getattr(find(), name)()

    return Disk(**{field.name: fact(field.name) for field in fields(Disk)})


def first_known(first: Disk, second: Disk) -> Disk:
    """Return a disk with the facts of two sources; the second is asked for facts that the first does not know."""

    def fact(name: str) -> Provider[Any]:
        def ask() -> Any:
            try:
                return getattr(first, name)()
            except Unknown:
                return getattr(second, name)()

        return ask

    return Disk(**{field.name: fact(field.name) for field in fields(Disk)})


def packed_disk(packed: Disk, unpack: Callable[[], Disk]) -> Disk:
    """Return the facts of the disk in a compressed file, beside the format of that file.

    Those of a file that the cloud does not unpack are its own.

    Args:
        packed: The facts of the compressed file.
        unpack: Returns the facts of its content; may raise Unknown.
    """

    def fact(name: str) -> Provider[Any]:
        return lambda: getattr(unpack() if packed.archive_format().value in UNPACKED_BY_CLOUD else packed, name)()

    facts = {field.name: fact(field.name) for field in fields(Disk)}
    return Disk(**facts | {"archive_format": packed.archive_format})


def whole_gib(size_bytes: int) -> int:
    """Return a size in GiB, rounded up as in ``min_disk``."""
    return -(-size_bytes // 1024**3)
