"""What an instance needs to boot the image."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from typing import Any


def add(parser: ArgumentParser) -> None:
    """Adds ``--min-disk`` and ``--min-ram``."""
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


def read(args: Namespace) -> dict[str, Any]:
    """The fields of ``Options``."""
    return {"min_disk_gib": args.min_disk, "min_ram_mib": args.min_ram}


def not_negative(said: str) -> int:
    """A whole number, 0 or more.

    Raises:
        ArgumentTypeError: It is none.
    """
    if not (said.isascii() and said.isdecimal()):
        raise ArgumentTypeError(f"'{said}' is not a whole number, 0 or more")
    return int(said)
