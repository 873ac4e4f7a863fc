"""Image records: dictionaries for Glance, dataclasses for our code."""

from __future__ import annotations

import reprlib
from collections.abc import Mapping
from typing import Any, TypeVar

from vscclient import errors
from vscclient.glance.error_translation import SERVICE
from vscclient.model.image import BASE_PROPERTIES, RESERVED_PREFIXES, Image
from vscclient.model.project import ProjectId
from vscclient.model.visibility import Visibility

T = TypeVar("T", str, bool, int, list[Any])

_MAX_NUMBER = 2**63 - 1
"""The largest number in a database of Glance (BIGINT)."""


def image_of(record: object) -> Image:
    """Return the image that a record of Glance describes.

    Raises:
        UnexpectedAnswer: It is not a record, or a field has another type than the API says.

    Source: Image API v2, schema of an image.
    """
    if not isinstance(record, Mapping) or not isinstance(record.get("id"), str):
        raise errors.UnexpectedAnswer(SERVICE, "an unexpected answer; is this the address of an Image service?")
    visibility = field(record, "visibility", str) or Visibility.PRIVATE
    if visibility not in set(Visibility):
        raise _unexpected(record, "visibility")
    tags = field(record, "tags", list) or []
    if not all(isinstance(tag, str) for tag in tags):
        raise _unexpected(record, "tags")
    owner = field(record, "owner", str)
    return Image(
        id=record["id"],
        name=field(record, "name", str),
        owner=ProjectId(owner) if owner else None,
        status=field(record, "status", str) or "queued",
        visibility=Visibility(visibility),
        protected=field(record, "protected", bool) or False,
        hidden=field(record, "os_hidden", bool) or False,
        container_format=field(record, "container_format", str),
        disk_format=field(record, "disk_format", str),
        min_disk_gib=field(record, "min_disk", int) or 0,
        min_ram_mib=field(record, "min_ram", int) or 0,
        size_bytes=field(record, "size", int),
        checksum=field(record, "checksum", str),
        hash_algorithm=field(record, "os_hash_algo", str),
        hash_value=field(record, "os_hash_value", str),
        tags=tuple(tags),
        properties=_properties(record),
        record=dict(record),
    )


def field(record: Mapping[str, Any], name: str, kind: type[T]) -> T | None:
    """Return a field of a record; None if it is absent or null.

    Raises:
        UnexpectedAnswer: Its value has another type, or is a number that no database holds.
    """
    value = record.get(name)
    if value is None:
        return None
    if type(value) is not kind or (isinstance(value, int) and not 0 <= value <= _MAX_NUMBER):
        raise _unexpected(record, name)
    return value


def _unexpected(record: Mapping[str, Any], name: str) -> errors.UnexpectedAnswer:
    return errors.UnexpectedAnswer(
        SERVICE, f"an impossible value: {name} of {record.get('id')} is {reprlib.repr(record[name])}"
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
    """Return the properties of a record. ``null`` is not set: Nova writes it as the kernel of each snapshot.

    Source: Nova, ``nova.image.glance._convert_to_v2``.
    """
    return {
        key: str(value)
        for key, value in record.items()
        if value is not None and key not in BASE_PROPERTIES and not key.startswith(RESERVED_PREFIXES)
    }
