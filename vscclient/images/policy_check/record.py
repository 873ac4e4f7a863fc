"""A disk in the cloud, of which only the image's record is looked at."""

from __future__ import annotations

from dataclasses import replace

from guestinspect.model.disk import Disk
from guestinspect.model.fact import Provider, known_fact, unknown_fact
from vscclient.model.image import Image

_LOCATION = "the image's record"

_NO_DATA = "the image has no data yet"
_OF_A_VOLUME = "it is a snapshot of a volume and has no data of its own"

_AS_LONG_AS_THE_DISK = ("raw", "iso")
"""Formats whose data is the disk itself, byte for byte."""


def of_record(image: Image) -> Disk:
    """What the record of an image tells of its disk, without the data: its size, and that it is empty.

    Glance never compared the declared format with the data, so that proves nothing.
    """
    if image.status == "queued":
        return _nothing_but(_NO_DATA)
    if "block_device_mapping" in image.properties:
        return _nothing_but(_OF_A_VOLUME)
    disk = _nothing_but(f"its data was not inspected (to inspect it: openstack vsc image check {image.id} --file FILE)")
    return replace(
        disk,
        virtual_size_bytes=_virtual_size(image) or disk.virtual_size_bytes,
        damage=known_fact(("it is empty",), _LOCATION) if _is_empty(image) else disk.damage,
    )


def _is_empty(image: Image) -> bool:
    """Whether there will never be more data: while it is being saved, the size may be 0 too."""
    return image.size_bytes == 0 and image.status in ("active", "deactivated")


def _virtual_size(image: Image) -> Provider[int] | None:
    """The size that Glance found; older ones find it in no format but raw."""
    size_bytes = image.record.get("virtual_size")
    if not isinstance(size_bytes, int) and image.disk_format in _AS_LONG_AS_THE_DISK:
        size_bytes = image.size_bytes
    return known_fact(size_bytes, _LOCATION) if isinstance(size_bytes, int) else None


def _nothing_but(why: str) -> Disk:
    """One reason for all, so that it is told once."""
    return Disk(
        disk_format=unknown_fact(why),
        virtual_size_bytes=unknown_fact(why),
        wrapping=unknown_fact(why),
        references=unknown_fact(why),
        damage=unknown_fact(why),
    )
