"""What was set automatically because nothing was given, as the options that would set it."""

from __future__ import annotations

from vscclient.images.new_image.guest_properties import GUEST_PROPERTIES
from vscclient.images.new_image.options import CreateOptions
from vscclient.model.image import MULTI_NIC, Image


def automatic_options(image: Image, options: CreateOptions) -> str:
    """Return options such as ``--disk-format qcow2, --single-nic, --os-distro debian``; empty if there are none."""
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
