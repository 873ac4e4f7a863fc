"""The name and the properties of an image, as the user gives them."""

from __future__ import annotations

from vscclient import errors
from vscclient.images.cloud import Cloud
from vscclient.images.lookup.image import find_image
from vscclient.images.options.groups import Description
from vscclient.model.image import MULTI_NIC

NAME_LIMIT = 255
"""Characters. Source: Image API v2, ``name``."""


def reject_name(name: str) -> None:
    """Reject a name that no image can have.

    Raises:
        UsageError: It is empty or too long.
    """
    if not name:
        raise errors.UsageError("The name is empty")
    if len(name) > NAME_LIMIT:
        raise errors.UsageError(f"The name has {len(name)} characters; {NAME_LIMIT} are allowed")


def reject_description(description: Description) -> None:
    """Reject names of properties that no image can have.

    The Image service strips what surrounds the name of a property: ``' visibility'`` would publish the image.

    Raises:
        UsageError: A name has surrounding spaces or control characters.
    """
    for key in description.properties:
        if key != key.strip() or not key.isprintable():
            raise errors.UsageError(f"Invalid property name '{key}': it has surrounding spaces or control characters")


def properties_of(description: Description, cloud: Cloud) -> dict[str, str]:
    """Return the properties that were given, by ``--property`` or by an option of their own.

    Raises:
        UsageError: A property was given twice, with different values.
        NoSuchImage: The kernel or ramdisk cannot be found.
    """
    kernel, ramdisk = description.kernel, description.ramdisk
    values: dict[str, str | None] = {
        "description": description.description,
        "architecture": description.architecture,
        "os_distro": description.os_distro,
        "os_version": description.os_version,
        "kernel_id": None if kernel is None else find_image(cloud, kernel).id,
        "ramdisk_id": None if ramdisk is None else find_image(cloud, ramdisk).id,
        MULTI_NIC: None if description.multi_nic is None else str(description.multi_nic).lower(),
    }
    by_option = {key: value for key, value in values.items() if value is not None}
    for key in by_option.keys() & description.properties.keys():
        if by_option[key] != description.properties[key]:
            raise errors.UsageError(
                f"{key} is given twice, as '{by_option[key]}' and as '{description.properties[key]}'; give it once"
            )
    return {**description.properties, **by_option}
