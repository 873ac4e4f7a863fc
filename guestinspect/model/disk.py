"""The file with the bits: what its bytes show, without a look at the file systems on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any

from guestinspect.model.fact import Provider, Unknown, unknown_fact

DISK_FORMATS = ("raw", "qcow2", "vmdk", "vdi", "vhd", "vhdx", "iso")
"""The formats of a disk with a guest. Source: Glance's default ``disk_formats``; ``ploop`` is not offered by the
VSC."""

_NOT_SEEN = "there is no file to look at"


@dataclass(frozen=True, kw_only=True)
class Disk:
    """What is known of a disk. Each fact is found when first asked for; what cannot be known raises Unknown.

    Args:
        disk_format: Its format in Glance's words (``DISK_FORMATS``), or the name of one that Glance does not have
            (``qed``).
        virtual_size_bytes: The size that the guest sees, in bytes.
        wrapping: The kind of compressed file or archive that it is (``gzip``), or None.
        references: What it refers to outside itself, in words: ``backing file /images/base.qcow2``.
        damage: What is missing or broken, in words, or nothing: ``it is empty``.
    """

    disk_format: Provider[str] = unknown_fact(_NOT_SEEN)
    virtual_size_bytes: Provider[int] = unknown_fact(_NOT_SEEN)
    wrapping: Provider[str | None] = unknown_fact(_NOT_SEEN)
    references: Provider[tuple[str, ...]] = unknown_fact(_NOT_SEEN)
    damage: Provider[tuple[str, ...]] = unknown_fact(_NOT_SEEN)


def lazily(find: Callable[[], Disk]) -> Disk:
    """A disk that is opened when something is asked of it first.

    Args:
        find: Opens it, and remembers that; may raise Unknown.
    """

    def fact(name: str) -> Provider[Any]:
        return lambda: getattr(find(), name)()

    return Disk(**{field.name: fact(field.name) for field in fields(Disk)})


def first_known(first: Disk, second: Disk) -> Disk:
    """A disk of which two sources tell; the second is asked for what the first does not know."""

    def fact(name: str) -> Provider[Any]:
        def ask() -> Any:
            try:
                return getattr(first, name)()
            except Unknown:
                return getattr(second, name)()

        return ask

    return Disk(**{field.name: fact(field.name) for field in fields(Disk)})


def whole_gib(size_bytes: int) -> int:
    """A size rounded up to whole GiB, as ``min_disk`` counts."""
    return -(-size_bytes // 1024**3)
