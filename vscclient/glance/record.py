"""Image records: dictionaries for Glance, dataclasses for our code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vscclient.model.image import BASE_PROPERTIES, RESERVED_PREFIXES, Image
from vscclient.model.project import ProjectId
from vscclient.model.visibility import Visibility


def image_of(record: Mapping[str, Any]) -> Image:
    """Return the image that a record of Glance describes."""
    return Image(
        id=record["id"],
        name=record.get("name"),
        owner=ProjectId(record["owner"]) if record.get("owner") else None,
        status=record.get("status", "queued"),
        visibility=Visibility(record.get("visibility", Visibility.PRIVATE)),
        protected=bool(record.get("protected")),
        hidden=bool(record.get("os_hidden")),
        container_format=record.get("container_format"),
        disk_format=record.get("disk_format"),
        min_disk_gib=record.get("min_disk") or 0,
        min_ram_mib=record.get("min_ram") or 0,
        size_bytes=record.get("size"),
        checksum=record.get("checksum"),
        hash_algorithm=record.get("os_hash_algo"),
        hash_value=record.get("os_hash_value"),
        tags=tuple(record.get("tags") or ()),
        properties=_properties(record),
        record=dict(record),
    )


Value = str | bool | int | list[str]
"""The type of a field of a record."""


def fields_of(image: Image) -> dict[str, Value]:
    """Return the fields of an image that can be changed, in Glance's words, without those that it does not have.

    Source: Image API v2, ``PATCH /v2/images/{image_id}``.
    """
    fields: dict[str, Value | None] = {
        "name": image.name,
        "owner": image.owner,
        "visibility": str(image.visibility),
        "protected": image.protected,
        "os_hidden": image.hidden,
        "container_format": image.container_format,
        "disk_format": image.disk_format,
        "min_disk": image.min_disk_gib,
        "min_ram": image.min_ram_mib,
        "tags": sorted(image.tags),
    }
    return {key: value for key, value in fields.items() if value is not None} | dict(image.properties)


def record_of(image: Image) -> dict[str, Any]:
    """Return the record of an image that is to be created, in Glance's words, without the fields that are not set.

    Source: Image API v2, ``POST /v2/images``.
    """
    fields: dict[str, Any] = {
        "id": image.id,
        "name": image.name,
        "owner": image.owner,
        "container_format": image.container_format,
        "disk_format": image.disk_format,
        "min_disk": image.min_disk_gib or None,
        "min_ram": image.min_ram_mib or None,
        "tags": list(image.tags) or None,
    }
    record = {key: value for key, value in fields.items() if value is not None}
    return record | {"visibility": str(image.visibility), "protected": image.protected} | dict(image.properties)


def _properties(record: Mapping[str, Any]) -> dict[str, str]:
    return {
        key: str(value)
        for key, value in record.items()
        if key not in BASE_PROPERTIES and not key.startswith(RESERVED_PREFIXES)
    }
