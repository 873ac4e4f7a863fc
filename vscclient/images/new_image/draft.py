"""The image that the options of a create ask for, completed with what the file tells."""

from __future__ import annotations

from dataclasses import replace

from guestinspect.model.disk import DISK_FORMATS, Disk, whole_gib
from guestinspect.model.fact import Unknown
from vscclient import errors
from vscclient.images.cloud import Cloud
from vscclient.images.lookup.image import find_image
from vscclient.images.lookup.project import project_id_of
from vscclient.images.new_image.options import CreateOptions
from vscclient.images.options.groups import Description
from vscclient.model.image import MULTI_NIC, Image
from vscclient.model.visibility import Visibility

_INSTANCE_PARTS = ("aki", "ami", "ari")
"""Container formats whose disk format has to be the same word. Source: Glance,
``glance.common.utils.validate_image_formats``."""


def draft_image(options: CreateOptions, disk: Disk, cloud: Cloud) -> Image:
    """Return the image to create.

    Raises:
        NoSuchProject: The owner that was named cannot be found.
        NoSuchImage: The kernel or ramdisk cannot be found.
    """
    access, attributes = options.access, options.attributes
    container_format = attributes.container_format or "bare"
    image = Image(
        id=options.image_id,
        name=options.name,
        owner=None if access.project is None else project_id_of(cloud, access.project, access.project_domain),
        status="queued" if options.upload.file is None else "active",
        visibility=access.visibility or (Visibility.SHARED if access.share_with else Visibility.PRIVATE),
        protected=bool(attributes.protected),
        container_format=container_format,
        disk_format=attributes.disk_format or _disk_format(container_format, options.upload.file, disk),
        min_ram_mib=attributes.min_ram_mib or 0,
        tags=tuple(dict.fromkeys(options.description.tags)),
        properties=properties_of(options.description, cloud),
    )
    return with_min_disk(image, options, disk)


def with_min_disk(image: Image, options: CreateOptions, disk: Disk) -> Image:
    """Return the image with its minimum disk: the one given, else the virtual size of the disk once it is known.

    0, which many tools send by default, counts as not given, unless the user waives the rule about it.
    """
    min_disk_gib = options.attributes.min_disk_gib
    if min_disk_gib or (min_disk_gib == 0 and "D305" in options.consent.waived) or not image.is_disk:
        return replace(image, min_disk_gib=min_disk_gib or 0)
    try:
        return replace(image, min_disk_gib=whole_gib(disk.virtual_size_bytes().value))
    except Unknown:
        return image


def _disk_format(container_format: str, file: str | None, disk: Disk) -> str | None:
    if container_format in _INSTANCE_PARTS:
        return container_format
    try:
        detected = disk.disk_format().value
        return detected if detected in DISK_FORMATS else "raw"  # Glance does not know the word; D301 reports the format
    except Unknown:
        return "raw" if file is not None else None


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
