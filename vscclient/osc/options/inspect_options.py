"""How the look inside an image is had."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import Any


def add(parser: ArgumentParser) -> None:
    """Adds ``--file``, ``--download`` and ``--no-cache``, for an image that is in the cloud."""
    parser.add_argument(
        "--file", metavar="<file>", help="Copy of the image's data, to look inside here (default: in the cloud)"
    )
    add_ways(parser)


def add_ways(parser: ArgumentParser) -> None:
    """Adds ``--download`` and ``--no-cache``."""
    parser.add_argument(
        "--download",
        action="store_true",
        help="Fetch all of the image to look inside, if the cloud gives no parts of it",
    )
    parser.add_argument(
        "--no-cache",
        dest="cache",
        action="store_false",
        help="Look again, even if the same data was looked at before",
    )


def add_refusal(parser: ArgumentParser) -> None:
    """Adds ``--no-inspect``."""
    parser.add_argument(
        "--no-inspect", dest="inspect", action="store_false", help="Do not look inside: judge the file from outside"
    )


def read(args: Namespace) -> dict[str, Any]:
    """The fields of ``Looking``."""
    return {"file": args.file, **read_ways(args)}


def read_ways(args: Namespace) -> dict[str, Any]:
    """The same without the file; what the command has no option for, it does not have."""
    return {field: getattr(args, field) for field in ("download", "inspect", "cache") if hasattr(args, field)}
