"""The options that set the fields and the properties of an image."""

from __future__ import annotations

import shlex

from vscclient.model.fix import Value
from vscclient.model.image import MULTI_NIC
from vscclient.model.visibility import Visibility

_OPTIONS = {
    "architecture": "--architecture",
    "container_format": "--container-format",
    "description": "--description",
    "disk_format": "--disk-format",
    "id": "--id",
    "kernel_id": "--kernel",
    "min_disk": "--min-disk",
    "min_ram": "--min-ram",
    "name": "--name",
    "os_distro": "--os-distro",
    "os_version": "--os-version",
    "owner": "--project",
    "ramdisk_id": "--ramdisk",
    "tags": "--tag",
}
"""Options with a value, by the name of the field."""

_FLAGS: dict[str, dict[Value, str]] = {
    MULTI_NIC: {"true": "--multi-nic", "false": "--single-nic"},
    "os_hidden": {True: "--hidden", False: "--unhidden"},
    "protected": {True: "--protected", False: "--unprotected"},
    "status": {"active": "--activate", "deactivated": "--deactivate"},
    "visibility": {str(visibility): f"--{visibility}" for visibility in Visibility},
}
"""Options without a value, by the name of the field and its value."""

_PLACEHOLDERS = {"description": "'what is in it, and how to log in'", "name": "NEW_NAME"}


def to_set(field: str, value: Value | None, image: str | None) -> str:
    """Return the option that sets a field.

    Args:
        field: Name of the field in the Image service.
        value: Its value; None: a word stands for it.
        image: The image; None: the option is for a new image.
    """
    if field == "name" and image is None:
        return "another name" if value is None else f"the name {shlex.quote(str(value))}"
    if field in _FLAGS:
        flags = _FLAGS[field]
        return " or ".join(flags.values()) if value is None or value not in flags else flags[value]
    word = _PLACEHOLDERS.get(field, "VALUE") if value is None else shlex.quote(str(value))
    option = _OPTIONS.get(field)
    return f"{option} {word}" if option else f"--property {shlex.quote(field)}={word}"


def name_of(field: str) -> str:
    """Return the name of the option for a field, without a value."""
    if field in _FLAGS:
        return " and ".join(_FLAGS[field].values())
    return _OPTIONS.get(field) or f"--property {shlex.quote(field)}"
