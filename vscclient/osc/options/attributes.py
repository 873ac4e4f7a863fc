"""The fields of an image that concern its data and what an instance needs to boot it."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vscclient.images.options.groups import Attributes

CONTAINER_FORMATS = ("ami", "ari", "aki", "bare", "compressed", "docker", "ova", "ovf")
"""The container formats of ``openstack image create``, and ``compressed``, which Cinder gives to compressed volumes."""

DISK_FORMATS = ("ami", "ari", "aki", "vhd", "vmdk", "raw", "qcow2", "vhdx", "vdi", "iso", "ploop")
"""The disk formats of ``openstack image create``."""

MAX_INTEGER = 2**31 - 1
"""The largest minimum of an image. Source: Glance, ``db/sqlalchemy/api.py``, ``_validate_db_int``."""

_NO_DATA = "only while the image has no data"


def add(parser: ArgumentParser, *, for_new_images: bool = False) -> None:
    """Add ``--min-disk``, ``--min-ram``, ``--protected`` and ``--unprotected``.

    Args:
        parser: The parser of the command.
        for_new_images: The command can make an image; the help then names the defaults.
    """
    size, unprotected = ("; default: the disk's virtual size", " (default)") if for_new_images else ("", "")
    parser.add_argument(
        "--min-disk",
        metavar="<disk-gb>",
        type=whole_number(MAX_INTEGER),
        help=f"Minimum disk size needed to boot image, in gigabytes (GiB{size})",
    )
    parser.add_argument(
        "--min-ram",
        metavar="<ram-mb>",
        type=whole_number(MAX_INTEGER),
        help="Minimum RAM size needed to boot image, in megabytes (MiB)",
    )
    protection = parser.add_mutually_exclusive_group()
    protection.add_argument(
        "--protected", dest="protected", action="store_const", const=True, help="Prevent image from being deleted"
    )
    protection.add_argument(
        "--unprotected",
        dest="protected",
        action="store_const",
        const=False,
        help=f"Allow image to be deleted{unprotected}",
    )


def add_formats(parser: ArgumentParser, *, for_new_images: bool = False) -> None:
    """Add ``--container-format`` and ``--disk-format``. Arguments as for ``add``."""
    container, disk = ("default: bare", "default: detected from the file") if for_new_images else (_NO_DATA, _NO_DATA)
    parser.add_argument(
        "--container-format",
        metavar="<container-format>",
        choices=CONTAINER_FORMATS,
        help=f"Image container format: {', '.join(CONTAINER_FORMATS)} ({container})",
    )
    parser.add_argument(
        "--disk-format",
        metavar="<disk-format>",
        choices=DISK_FORMATS,
        help=f"Image disk format: {', '.join(DISK_FORMATS)} ({disk})",
    )


def read(args: Namespace) -> Attributes:
    """Return the values. Not every command has the formats."""
    from vscclient.images.options.groups import Attributes

    return Attributes(
        container_format=getattr(args, "container_format", None),
        disk_format=getattr(args, "disk_format", None),
        min_disk_gib=args.min_disk,
        min_ram_mib=args.min_ram,
        protected=args.protected,
    )


def whole_number(largest: int, smallest: int = 0) -> Callable[[str], int]:
    """Return a parser of whole numbers that fit: 4 billion, or 5,000 digits, would fail later, and less clearly.

    Args:
        largest: The largest number.
        smallest: The smallest number.
    """

    def number(text: str) -> int:
        digits = text.lstrip("0") or "0"
        is_number = text.isascii() and text.isdecimal()
        if is_number and (len(digits) > len(str(largest)) or int(digits) > largest):
            raise ArgumentTypeError(f"{text[:40]} is too large: at most {largest} is possible")
        if not is_number or int(digits) < smallest:
            raise ArgumentTypeError(f"'{text}' is not a whole number, {smallest} or more")
        return int(digits)

    return number
