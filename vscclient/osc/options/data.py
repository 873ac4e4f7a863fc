"""Where the data comes from, and how it is sent."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, BooleanOptionalAction, Namespace
from typing import Any

from vscclient.osc.options.size import not_negative


def add(parser: ArgumentParser) -> None:
    """Adds ``--file``, ``--no-data``, ``--size``, ``--import`` and ``--progress``."""
    source = parser.add_mutually_exclusive_group()
    source.add_argument(
        "--file",
        dest="file",
        metavar="<file>",
        help="Upload image from local file, block device, or standard input (-)",
    )
    source.add_argument("--no-data", action="store_true", help="Make the record only; the data comes later")
    parser.add_argument(
        "--size",
        metavar="<size>",
        type=_positive,
        help="Size of image data in bytes: it has to be that long (shows how far it is when standard input is sent)",
    )
    parser.add_argument(
        "--import",
        dest="use_import",
        action="store_true",
        help="Use image import instead of direct upload, and wait until it is over",
    )
    parser.add_argument(
        "--progress",
        action=BooleanOptionalAction,
        help="Show a progress bar on standard error, or lines instead (default: a bar on a terminal)",
    )


def read(args: Namespace) -> dict[str, Any]:
    """The fields of ``Options``."""
    return {"file": args.file, "no_data": args.no_data, "size_bytes": args.size, "use_import": args.use_import}


def _positive(said: str) -> int:
    if not_negative(said) == 0:
        raise ArgumentTypeError("Size must be a positive integer")
    return int(said)
