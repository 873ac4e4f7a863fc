"""A new image with its defaults: what its options ask for, private by default, completed by its file and guest."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from uuid import UUID

from guestinspect.model.disk import DISK_FORMATS, Disk, whole_gib
from guestinspect.model.fact import Unknown
from guestinspect.model.guest import Guest, Nics
from guestinspect.model.machine import DEFAULT_MACHINE, MachineType
from vscclient import errors
from vscclient.images.cloud import Cloud
from vscclient.images.lookup.project import project_id_of
from vscclient.images.options.description import properties_of, reject_description, reject_name
from vscclient.images.options.groups import (
    AccessOptions,
    Attributes,
    Consent,
    Description,
    InspectOptions,
    UploadOptions,
)
from vscclient.model.content import has_disk, has_guest
from vscclient.model.image import MULTI_NIC, WAIVED, Image
from vscclient.model.instance import guest_in_machine
from vscclient.model.visibility import Visibility

_INSTANCE_PARTS = ("aki", "ami", "ari")
"""Container formats whose disk format has to be the same word. Source: Glance,
``glance.common.utils.validate_image_formats``."""


@dataclass(frozen=True, kw_only=True)
class CreateOptions:
    """A new image.

    Args:
        image_id: The ID to use; None: the Image service chooses one.
        access: An image that is shared with projects becomes ``shared``.
    """

    name: str
    image_id: str | None = None
    access: AccessOptions = AccessOptions()
    attributes: Attributes = Attributes()
    description: Description = Description()
    upload: UploadOptions = UploadOptions()
    inspect_options: InspectOptions = InspectOptions()
    consent: Consent = Consent()


def reject_impossible(options: CreateOptions) -> None:
    """Reject options of a new image that contradict each other or that no image can have.

    Raises:
        UsageError: There is such an option.
    """
    access = options.access
    _reject_upload(options.upload)
    if access.share_with and access.visibility not in (None, Visibility.SHARED):
        raise errors.UsageError(
            f"--share-with and --{access.visibility} contradict each other; use --shared or omit it"
        )
    reject_description(options.description)
    reject_name(options.name)
    if options.image_id is None:
        return
    try:
        UUID(options.image_id)
    except ValueError:
        raise errors.UsageError(
            f"'{options.image_id}' is not an ID: 32 hexadecimal digits in groups of 8-4-4-4-12 (uuidgen makes one)"
        ) from None


def _reject_upload(upload: UploadOptions) -> None:
    if upload.file is not None and upload.no_data:
        raise errors.UsageError("--file and --no-data contradict each other")
    if upload.file == "":
        raise errors.UsageError("--file is empty; name the file")
    if upload.file is None and not upload.no_data:
        raise errors.UsageError(
            "Specify the data: --file FILE, --file - for standard input, or --no-data to create the record only"
        )
    if upload.file is None and (upload.size_bytes is not None or upload.use_import):
        raise errors.UsageError("--size and --import concern the data; name it with --file")


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
    if min_disk_gib or (min_disk_gib == 0 and "D305" in options.consent.waived):
        return replace(image, min_disk_gib=min_disk_gib)
    try:
        if not has_disk(image, disk):
            return image
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


def with_guest_properties(image: Image, disk: Disk, guest: Guest, machine: MachineType = DEFAULT_MACHINE) -> Image:
    """Return the image with the properties that its guest tells and that nobody has set. Unknown ones are left out.

    Args:
        image: The image.
        disk: The facts of its data.
        guest: The facts of the guest.
        machine: The site's machine type.
    """
    guest = guest_in_machine(guest, image, machine)
    try:
        if not has_guest(image, disk, guest):
            return image
    except Unknown:
        return image
    properties: dict[str, str] = {}
    for key, find in GUEST_PROPERTIES.items():
        if key not in image.properties:
            with suppress(Unknown):
                properties[key] = find(guest)
    return replace(
        image, properties={key: value for key, value in properties.items() if value} | dict(image.properties)
    )


def automatic_values(image: Image, options: CreateOptions, guest: Guest) -> str:
    """Return the options that would set the automatic values, and why one is missing, as sentences.

    Args:
        image: The image with its automatic values.
        options: The options of the user.
        guest: The facts of the guest.
    """
    automatic = _automatic_options(image, options)
    sentences = [f"{automatic}."] if automatic else []
    with suppress(Unknown):
        if image.multi_nic is None and guest.nics_at_boot().value.first_stays_down:
            sentences.append(
                "Not set: --multi-nic or --single-nic, because the first network interface stays down at boot (N206)."
            )
    return " ".join(sentences)


def _automatic_options(image: Image, options: CreateOptions) -> str:
    """Return the options that would set the automatic values, if any: ``--disk-format qcow2, --single-nic``."""
    attributes = {
        "--disk-format": (options.attributes.disk_format, image.disk_format),
        "--min-disk": (options.attributes.min_disk_gib, image.min_disk_gib),
    }
    automatic = [f"{option} {value}" for option, (given, value) in attributes.items() if not given and value]
    names = automatic_fields(options)
    automatic += [
        _option(key, image.properties[key]) for key in GUEST_PROPERTIES if key in names & set(image.properties)
    ]
    return ", ".join(automatic)


def automatic_fields(options: CreateOptions) -> frozenset[str]:
    """Return the names of the fields and properties that the user does not set, in Glance's words.

    The visibility is not among them: private is what the user expects.
    """
    attributes, description = options.attributes, options.description
    given = {*description.properties, *(name for name, value in vars(description).items() if value is not None)}
    if description.multi_nic is not None:
        given.add(MULTI_NIC)
    fields = {
        "protected": attributes.protected is None,
        "disk_format": attributes.disk_format is None,
        "container_format": attributes.container_format is None,
        "min_disk": not attributes.min_disk_gib,
        "min_ram": not attributes.min_ram_mib,
        "tags": not description.tags,
        "os_hidden": True,
        WAIVED: True,
    }
    return frozenset(GUEST_PROPERTIES) - given | {name for name, is_automatic in fields.items() if is_automatic}


def _option(key: str, value: str) -> str:
    """Return the option that sets a property: ``--os-distro debian``."""
    if key == MULTI_NIC:
        return "--multi-nic" if value == "true" else "--single-nic"
    return f"--property {key}={value}" if key.startswith("hw_") else f"--{key.replace('_', '-')} {value}"


def _multi_nic(guest: Guest) -> str:
    """Return neither if nobody can reach an instance: no mark must say that the image is fine for one NIC."""
    found = guest.nics_at_boot().value
    return "" if found.first_stays_down else "true" if found.verdict is Nics.ALL else "false"


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
