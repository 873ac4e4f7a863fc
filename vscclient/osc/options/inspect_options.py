"""The options of an inspection."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from guestinspect.model.machine import MachineType
    from vscclient.images.options.groups import InspectOptions


def add(parser: ArgumentParser) -> None:
    """Add ``--file``, ``--download`` and ``--no-cache``, for an image in the cloud."""
    parser.add_argument(
        "--file", metavar="<file>", help="Copy of the image's data, to inspect here (default: inspect it in the cloud)"
    )
    add_download_and_cache(parser)


def add_download_and_cache(parser: ArgumentParser) -> None:
    """Add ``--download`` and ``--no-cache``."""
    parser.add_argument(
        "--download",
        action="store_true",
        help="Fetch the whole image to inspect it, if range requests are not supported or not enough",
    )
    parser.add_argument(
        "--no-cache",
        dest="cache",
        action="store_false",
        help="Inspect again, even if the same data was inspected before",
    )


def add_machine(parser: ArgumentParser) -> None:
    """Add ``--machine``."""
    from guestinspect.model.machine import MachineType, family_or_text

    parser.add_argument(
        "--machine",
        metavar="<machine-type>",
        type=family_or_text,
        choices=[str(machine) for machine in MachineType],
        help="Machine type of the instance: i440fx or q35, or a version of it such as pc-q35-6.2. It decides the names "
        "of the NICs (default: property hw_machine_type of the image, else that of the policy file)",
    )


def read_machine(args: Namespace) -> MachineType | None:
    """Return the value of ``--machine``."""
    from guestinspect.model.machine import MachineType

    return MachineType(args.machine) if args.machine else None


def add_no_inspect(parser: ArgumentParser) -> None:
    """Add ``--no-inspect``."""
    parser.add_argument(
        "--no-inspect", dest="inspect", action="store_false", help="Do not inspect the guest: check only the file"
    )


def read(args: Namespace, *, file: str | None = None) -> InspectOptions:
    """Return the values, with a copy of the image's data in a file. No command has all these options."""
    from vscclient.images.options.groups import InspectOptions

    return InspectOptions(
        file=file,
        download=getattr(args, "download", False),
        inspect=getattr(args, "inspect", True),
        cache=getattr(args, "cache", True),
    )
