"""What the file and its guest say of an image where the user says nothing, as the options that would say it."""

from __future__ import annotations

from dataclasses import replace

from vscclient.images.cloud import Cloud
from vscclient.images.draft import properties_of
from vscclient.images.inspection.telling import TOLD
from vscclient.images.options import Options
from vscclient.model.image import MULTI_NIC, Image


def in_options(image: Image, options: Options, cloud: Cloud) -> str:
    """``--disk-format qcow2, --single-nic, --os-distro debian``; empty: nothing was filled in."""
    filled = {
        "--disk-format": (options.disk_format, image.disk_format),
        "--min-disk": (options.min_disk_gib, image.min_disk_gib),
    }
    found = [f"{option} {value}" for option, (said, value) in filled.items() if not said and value]
    said = properties_of(replace(options.form, kernel=None, ramdisk=None), options.properties, cloud)
    found += [_as_option(key, image.properties[key]) for key in TOLD if key in image.properties and key not in said]
    return ", ".join(found)


def _as_option(key: str, value: str) -> str:
    """The option that says the same: ``--os-distro debian``."""
    if key == MULTI_NIC:
        return "--multi-nic" if value == "true" else "--single-nic"
    return f"--property {key}={value}" if key.startswith("hw_") else f"--{key.replace('_', '-')} {value}"
