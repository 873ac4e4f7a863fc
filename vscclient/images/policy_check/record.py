"""The disk of an image in the cloud, as far as the record of the image describes it."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

from guestinspect.model.disk import Disk
from guestinspect.model.fact import known_fact, unknown_fact
from vscclient.model.image import Image

_LOCATION = "the image's record"

_NO_DATA = "the image has no data yet"
_OF_A_VOLUME = "the image is a snapshot of a volume and has no data of its own"

_RAW_FORMATS = ("raw", "iso")
"""Formats whose data is the disk itself, byte for byte."""


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
