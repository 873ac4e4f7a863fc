"""The name and the properties of an image, as the user gives them."""

from __future__ import annotations

from vscclient import errors
from vscclient.images.cloud import Cloud
from vscclient.images.lookup.image import find_image
from vscclient.images.options.groups import Description
from vscclient.model.image import MULTI_NIC

NAME_LIMIT = 255
"""The most characters of a name, a tag, or the name of a property. Source: Image API v2, schema of an image."""

VALUE_LIMIT_BYTES = 65535
"""The longest value of a property, in bytes. Source: Glance, ``models.py``; MySQL, «TEXT»."""


def reject_name(name: str) -> None:
    """Reject a name that no image can have.

    Raises:
        UsageError: It is empty, too long, or cannot be stored.
    """
    if not name:
        raise errors.UsageError("The name is empty")
    _reject_text("The name", name)


def reject_description(description: Description) -> None:
    """Reject properties and tags that no image can have.

    The Image service strips what surrounds the name of a property: ``' visibility'`` would publish the image. It
    refuses a tag only after everything else of the request was stored.

    Raises:
        UsageError: A text is too long or cannot be stored; the name of a property has surrounding spaces or control
            characters.
    """
    by_option = ("description", "architecture", "os_distro", "os_version")
    values = {key: getattr(description, key) or "" for key in by_option}
    for key, value in [*values.items(), *description.properties.items()]:
        _reject_text(f"The name of property {key[:NAME_LIMIT]}", key)
        _reject_text(f"The value of {key}", value, VALUE_LIMIT_BYTES)
    for tag in description.tags:
        _reject_text(f"Tag {tag[:NAME_LIMIT]}", tag)
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


def _reject_text(subject: str, text: str, limit_bytes: int = 0) -> None:
    """Reject text that is too long, or that the Image service cannot store.

    Source: Glance, ``common/utils.py``, ``no_4byte_params``.
    """
    if not limit_bytes and len(text) > NAME_LIMIT:
        raise errors.UsageError(f"{subject} has {len(text)} characters; {NAME_LIMIT} are allowed")
    if limit_bytes and (size_bytes := len(text.encode("utf-8", "replace"))) > limit_bytes:
        raise errors.UsageError(f"{subject} has {size_bytes} bytes; {limit_bytes} are allowed")
    if wide := next((char for char in text if char > "\uffff"), ""):
        raise errors.UsageError(
            f"{subject} contains '{wide}' (U+{ord(wide):X}); the Image service stores characters up to U+FFFF only"
        )
