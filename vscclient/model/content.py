"""The rules that apply to the data of an image: those about disks, and those about guests.

The data decides. A declaration of the uploader, such as a container format, exempts the data from no rule: a kernel is
exempt if it is declared as a kernel and is one.
"""

from __future__ import annotations

from guestinspect.model.disk import Content, Disk
from guestinspect.model.fact import NoGuest, Unknown
from guestinspect.model.guest import Guest
from vscclient.model.image import Image

_BOOT_PARTS = (Content.KERNEL, Content.RAMDISK)

_NOT_UNPACKED_HERE = ("zstd", "lz4", "lzop", "lzip", "compress")
"""Formats in which Linux takes a compressed kernel or ramdisk, and which Python cannot unpack."""


def has_disk(image: Image, disk: Disk) -> bool:
    """Return True if the data is a disk, or may be one; False for a kernel or a ramdisk that is declared as such.

    Args:
        image: The image with its formats.
        disk: The facts of its data.

    Raises:
        Unknown: The disk is in an archive, or nothing shows what the data is.
    """
    if image.disk_format is None:  # Glance takes no data for such an image
        return False
    if is_unpacked_by_user(image, disk):
        raise Unknown("the data is an archive, and what is inside it is not inspected")
    if not image.is_declared_boot_part:
        return True
    return content_of_boot_part(disk) not in _BOOT_PARTS


def has_guest(image: Image, disk: Disk, guest: Guest) -> bool:
    """Return True if the data has a guest, or may have one; False for a kernel, a ramdisk or an installer.

    Args:
        image: The image with its formats.
        disk: The facts of its data.
        guest: The facts of the guest.

    Raises:
        Unknown: Nothing shows whether there is a guest.
    """
    if not has_disk(image, disk):
        return False
    if image.disk_format != "iso" or disk.disk_format().value != "iso":
        return True
    try:  # an ISO can be a disk with a guest at the same time; only an inspection shows whether it is an installer
        guest.boot()
    except NoGuest:
        return False
    return True


def is_unpacked_by_user(image: Image, disk: Disk) -> bool:
    """Return True if the image is declared as an archive that whoever uses it unpacks, and is one."""
    if image.container_format == "ova":
        return disk.content().value is Content.OVA
    return image.container_format == "docker" and disk.archive_format().value == "tar"


def content_of_boot_part(disk: Disk) -> Content:
    """Return the kind of data of an image that is declared as a kernel or a ramdisk.

    Raises:
        Unknown: Nothing shows what it is.
    """
    content = disk.content().value
    if content is Content.UNRECOGNIZED:
        raise Unknown("the data is not recognized as a kernel, a ramdisk or a disk")
    if content is Content.ARCHIVE and (archive_format := disk.archive_format().value) in _NOT_UNPACKED_HERE:
        raise Unknown(f"the data is a {archive_format} file, which is not unpacked to check it")
    return content
