"""Values that are set automatically, because the user gives none: the properties that the guest tells."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from guestinspect.model.fact import Unknown
from guestinspect.model.guest import Guest, Nics
from vscclient.images.new_image.image_with_defaults import CreateOptions
from vscclient.model.image import MULTI_NIC, Image


def with_guest_properties(image: Image, guest: Guest) -> Image:
    """Return the image with the properties that its guest tells and that nobody has set. Unknown ones are left out."""
    if not image.is_disk:
        return image
    properties: dict[str, str] = {}
    for key, find in GUEST_PROPERTIES.items():
        if key not in image.properties:
            with suppress(Unknown):
                properties[key] = find(guest)
    return replace(
        image, properties={key: value for key, value in properties.items() if value} | dict(image.properties)
    )


def automatic_options(image: Image, options: CreateOptions) -> str:
    """Return the options that would set the automatic values, if any: ``--disk-format qcow2, --single-nic``."""
    attributes = {
        "--disk-format": (options.attributes.disk_format, image.disk_format),
        "--min-disk": (options.attributes.min_disk_gib, image.min_disk_gib),
    }
    automatic = [f"{option} {value}" for option, (given, value) in attributes.items() if not given and value]
    description = options.description
    given = {*description.properties, *(name for name, value in vars(description).items() if value is not None)}
    if description.multi_nic is not None:
        given.add(MULTI_NIC)
    for key in GUEST_PROPERTIES:
        if key in image.properties and key not in given:
            automatic.append(_option(key, image.properties[key]))
    return ", ".join(automatic)


def _option(key: str, value: str) -> str:
    """Return the option that sets a property: ``--os-distro debian``."""
    if key == MULTI_NIC:
        return "--multi-nic" if value == "true" else "--single-nic"
    return f"--property {key}={value}" if key.startswith("hw_") else f"--{key.replace('_', '-')} {value}"


def _multi_nic(guest: Guest) -> str:
    return "true" if guest.nics_at_boot().value.verdict is Nics.ALL else "false"


def _firmware(guest: Guest) -> str:
    """Return the firmware only if the guest needs another one than usual."""
    return "uefi" if guest.boot().value.firmware == ("uefi",) else ""


def _guest_agent(guest: Guest) -> str:
    return "yes" if guest.guest_agent().value else ""


GUEST_PROPERTIES: dict[str, Callable[[Guest], str]] = {
    MULTI_NIC: _multi_nic,
    "os_distro": lambda guest: guest.os_distro().value,
    "os_version": lambda guest: guest.os_version().value,
    "architecture": lambda guest: guest.architecture().value,
    "hw_firmware_type": _firmware,
    "hw_qemu_guest_agent": _guest_agent,
}
"""Properties of an image, and how a guest tells each; an empty value sets nothing. Source: Glance, "Useful image
properties"."""
