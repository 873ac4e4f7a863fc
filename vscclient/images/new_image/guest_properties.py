"""The properties of an image that its guest tells, where the user gives none."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from guestinspect.model.fact import Unknown
from guestinspect.model.guest import Guest, Nics
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
