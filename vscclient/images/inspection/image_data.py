"""The data of an image: its disk, and the guest on it, wherever the data is read from.

The record of an image in the cloud describes a part of it without the data.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from typing import Any

from guestinspect.api import Inspection, UnknownReason
from guestinspect.model.disk import Disk
from guestinspect.model.fact import Declined, Unknown, known_fact, unknown_fact
from guestinspect.model.guest import Guest, lazy_guest
from vscclient.model.image import Image

NOT_INSPECTED = Declined("the guest was not inspected (--no-inspect)")

_LOCATION = "the image's record"

_NO_DATA = "the image has no data yet"
_OF_A_VOLUME = "the image is a snapshot of a volume and has no data of its own"

_RAW_FORMATS = ("raw", "iso")
"""Formats whose data is the disk itself, byte for byte."""


@dataclass(frozen=True)
class Cost:
    """The cost of an inspection.

    Args:
        requests: Number of range requests.
        bytes_read: Number of bytes that were read.
    """

    requests: int = 0
    bytes_read: int = 0


@dataclass(frozen=True, kw_only=True)
class ImageData:
    """The disk, and the guest on it. Each fact is found when it is first asked for.

    Args:
        guest: The guest, as the rules ask for it.
        inspect: Inspects the guest at the first call; raises Unknown if that is impossible.
        cost: Returns the cost so far.
    """

    disk: Disk
    guest: Guest
    inspect: Callable[[], Inspection]
    cost: Callable[[], Cost] = field(default=Cost)

    @property
    def is_inspected(self) -> bool:
        """True if the guest could be inspected, as far as it was found."""
        try:
            inspection = self.inspect()
        except Unknown:
            return False
        return bool(inspection.kind) or not isinstance(next(iter(inspection.guest.values())), UnknownReason)


def inspected_data(disk: Disk, inspect: Callable[[], Inspection], cost: Callable[[], Cost] = Cost) -> ImageData:
    """Return data whose guest is inspected when a rule asks for it."""
    return ImageData(disk=disk, guest=lazy_guest(lambda: inspect().as_guest()), inspect=inspect, cost=cost)


def unknown_data(disk: Disk, reason: Unknown) -> ImageData:
    """Return data whose guest is unknown for a reason."""

    def inspect() -> Inspection:
        raise reason

    return inspected_data(disk, inspect)


def disk_from_record(image: Image) -> Disk:
    """Return the disk that the record of an image describes, without the data: its size, and whether it is empty.

    The declared format proves nothing: Glance never compares it with the data.
    """
    if image.status == "queued":
        return _unknown_disk(_NO_DATA)
    if image.is_volume_snapshot:
        return _unknown_disk(_OF_A_VOLUME)
    disk = _unknown_disk(
        f"its data was not inspected (to inspect it: openstack vsc image check {image.id} --file FILE)"
    )
    # While an image is being saved, its size may be 0 too; later there will never be more data.
    is_empty = image.size_bytes == 0 and image.status in ("active", "deactivated")
    size_bytes = image.record.get("virtual_size")
    if not isinstance(size_bytes, int) and image.disk_format in _RAW_FORMATS:  # older versions find it in no other
        size_bytes = image.size_bytes
    return replace(
        disk,
        virtual_size_bytes=known_fact(size_bytes, _LOCATION)
        if isinstance(size_bytes, int)
        else disk.virtual_size_bytes,
        damage=known_fact(("it is empty",), _LOCATION) if is_empty else disk.damage,
    )


def _unknown_disk(why: str) -> Disk:
    """Return a disk whose facts are all unknown, for one reason, which is then reported once."""
    unknown: dict[str, Any] = {field.name: unknown_fact(why) for field in fields(Disk)}
    return Disk(**unknown)
