"""The fields of an image that concern its data and what an instance needs to boot it."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vscclient.images.options.groups import Attributes

CONTAINER_FORMATS = ("ami", "ari", "aki", "bare", "docker", "ova", "ovf")
DISK_FORMATS = ("ami", "ari", "aki", "vhd", "vmdk", "raw", "qcow2", "vhdx", "vdi", "iso", "ploop")
"""The formats of ``openstack image create``."""


def add(parser: ArgumentParser) -> None:
    """Add ``--min-disk``, ``--min-ram``, ``--protected`` and ``--unprotected``."""
    parser.add_argument(
        "--min-disk",
        metavar="<disk-gb>",
        type=not_negative,
        help="Minimum disk size needed to boot image, in gigabytes (GiB; new images: the disk's virtual size)",
    )
    parser.add_argument(
        "--min-ram",
        metavar="<ram-mb>",
        type=not_negative,
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
        help="Allow image to be deleted (default for new images)",
    )


def add_formats(parser: ArgumentParser) -> None:
    """Add ``--container-format`` and ``--disk-format``."""
    parser.add_argument(
        "--container-format",
        metavar="<container-format>",
        choices=CONTAINER_FORMATS,
        help=f"Image container format: {', '.join(CONTAINER_FORMATS)} (new images: bare)",
    )
    parser.add_argument(
        "--disk-format",
        metavar="<disk-format>",
        choices=DISK_FORMATS,
        help=f"Image disk format: {', '.join(DISK_FORMATS)} (new images: detected from the file)",
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


def not_negative(text: str) -> int:
    """Return a whole number, 0 or more.

    Raises:
        ArgumentTypeError: The text is something else.
    """
    if not (text.isascii() and text.isdecimal()):
        raise ArgumentTypeError(f"'{text}' is not a whole number, 0 or more")
    return int(text)
