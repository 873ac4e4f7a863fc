"""The data of a new image, and how it is sent."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, BooleanOptionalAction, Namespace
from typing import TYPE_CHECKING

from vscclient.osc.options.attributes import not_negative

if TYPE_CHECKING:
    from vscclient.images.options.groups import UploadOptions


def add(parser: ArgumentParser) -> None:
    """Add ``--file``, ``--no-data``, ``--size``, ``--import`` and ``--progress``."""
    source = parser.add_mutually_exclusive_group()
    source.add_argument(
        "--file",
        dest="file",
        metavar="<file>",
        help="Upload image from local file, block device, or standard input (-)",
    )
    source.add_argument("--no-data", action="store_true", help="Create the record only; the data is sent later")
    parser.add_argument(
        "--size",
        metavar="<size>",
        type=_positive,
        help="Expected size of the data in bytes (lets uploads from standard input show their progress)",
    )
    parser.add_argument(
        "--import",
        dest="use_import",
        action="store_true",
        help="Use image import instead of direct upload, and wait until it is finished",
    )
    parser.add_argument(
        "--progress",
        action=BooleanOptionalAction,
        help="Show a progress bar on standard error, or lines instead (default: a bar on a terminal)",
    )


def read(args: Namespace) -> UploadOptions:
    """Return the values."""
    from vscclient.images.options.groups import UploadOptions

    return UploadOptions(file=args.file, no_data=args.no_data, size_bytes=args.size, use_import=args.use_import)


def _positive(text: str) -> int:
    if not_negative(text) == 0:
        raise ArgumentTypeError("Size must be a positive integer")
    return int(text)
