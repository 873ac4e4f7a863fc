"""What the guest says of itself, where the user says nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from guestinspect.model.fact import Unknown
from guestinspect.model.guest import Guest, Nics
from vscclient.model.image import MULTI_NIC, Image


def described(image: Image, guest: Guest) -> Image:
    """The image with what its guest tells, in the properties that nobody has set. What is unknown is left out."""
    if not image.is_disk:
        return image
    return replace(image, properties=dict(_told(image, guest)) | dict(image.properties))


def _told(image: Image, guest: Guest) -> Iterator[tuple[str, str]]:
    for key, find in _PROPERTIES.items():
        if key in image.properties:
            continue
        try:
            value = find(guest)
        except Unknown:
            continue
        if value:
            yield key, value


def _multi_nic(guest: Guest) -> str:
    return "true" if guest.nics_at_boot().value.verdict is Nics.ALL else "false"


def _firmware(guest: Guest) -> str:
    """Only where it needs another firmware than the usual one."""
    return "uefi" if guest.boot().value.firmware == ("uefi",) else ""


def _agent(guest: Guest) -> str:
    return "yes" if guest.guest_agent().value else ""


_PROPERTIES: dict[str, Callable[[Guest], str]] = {
    MULTI_NIC: _multi_nic,
    "os_distro": lambda guest: guest.os_distro().value,
    "os_version": lambda guest: guest.os_version().value,
    "architecture": lambda guest: guest.architecture().value,
    "hw_firmware_type": _firmware,
    "hw_qemu_guest_agent": _agent,
}
"""Properties of an image, and what a guest says of each; empty: nothing. Source: Glance, "Useful image
properties"."""

TOLD = tuple(_PROPERTIES)
"""The properties that can be filled in."""
