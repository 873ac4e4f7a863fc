"""The image that the options of a create ask for, with what the file tells where they say nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from guestinspect.model.disk import DISK_FORMATS, Disk, whole_gib
from guestinspect.model.fact import Unknown
from vscclient import errors
from vscclient.images import access
from vscclient.images.cloud import Cloud
from vscclient.images.options import Form, Options
from vscclient.model.image import MULTI_NIC, Image
from vscclient.model.project import ProjectId
from vscclient.model.visibility import Visibility

_PARTS_OF_AN_INSTANCE = ("aki", "ami", "ari")
"""Containers whose disk format has to be the same word. Source: Glance,
``glance.common.utils.validate_image_formats``."""


def draft(options: Options, disk: Disk, cloud: Cloud) -> Image:
    """The image as it shall be.

    Raises:
        NoSuchProject: The owner that was named is nobody we can find.
        NoSuchImage: The kernel or ramdisk is not there.
    """
    image = Image(
        id=options.image_id,
        name=options.name,
        owner=_owner(options, cloud),
        status="queued" if options.file is None else "active",
        visibility=options.visibility or (Visibility.SHARED if options.share_with else Visibility.PRIVATE),
        protected=bool(options.protected),
        container_format=options.container_format,
        disk_format=options.disk_format or _found_format(options, disk),
        min_ram_mib=options.min_ram_mib or 0,
        tags=tuple(dict.fromkeys(options.tags)),
        properties=properties_of(options.form, options.properties, cloud),
    )
    return with_min_disk(image, options, disk)


def with_min_disk(image: Image, options: Options, disk: Disk) -> Image:
    """The image with its minimum disk: what the user said, else the virtual size of the disk, as soon as it is known.

    0, which many tools send without meaning it, counts as not said, unless the user waives the rule about it.
    """
    said = options.min_disk_gib
    if said or (said == 0 and "D305" in options.consent.waived) or not image.is_disk:
        return replace(image, min_disk_gib=said or 0)
    try:
        return replace(image, min_disk_gib=whole_gib(disk.virtual_size_bytes().value))
    except Unknown:
        return image


def _found_format(options: Options, disk: Disk) -> str | None:
    if options.container_format in _PARTS_OF_AN_INSTANCE:
        return options.container_format
    try:
        found = disk.disk_format().value
        return found if found in DISK_FORMATS else "raw"  # Glance knows no such word; D301 tells what it is
    except Unknown:
        return "raw" if options.file is not None else None


def _owner(options: Options, cloud: Cloud) -> ProjectId | None:
    if options.project is None:
        return None
    project = cloud.projects.named(options.project, options.project_domain)
    if project.project_id is None:
        raise errors.NoSuchProject(options.project)
    return project.project_id


def properties_of(form: Form, properties: Mapping[str, str], cloud: Cloud) -> dict[str, str]:
    """The properties that were said, by name or in the fields of the form.

    Raises:
        Usage: One was said twice, and not the same.
        NoSuchImage: The kernel or ramdisk is not there.
    """
    of_form = _of_form(form, cloud)
    for key in of_form.keys() & properties.keys():
        if of_form[key] != properties[key]:
            raise errors.Usage(f"{key} is said twice, as '{of_form[key]}' and as '{properties[key]}'")
    return {**properties, **of_form}


def _of_form(form: Form, cloud: Cloud) -> dict[str, str]:
    """The fields of the form as properties; what was not said is left out."""
    said: dict[str, str | None] = {
        "description": form.description,
        "architecture": form.architecture,
        "os_distro": form.os_distro,
        "os_version": form.os_version,
        "kernel_id": _image_id(form.kernel, cloud),
        "ramdisk_id": _image_id(form.ramdisk, cloud),
        MULTI_NIC: None if form.multi_nic is None else str(form.multi_nic).lower(),
    }
    return {key: value for key, value in said.items() if value is not None}


def _image_id(said: str | None, cloud: Cloud) -> str | None:
    return None if said is None else access.find(cloud, said).id
