"""Options of the commands that show properties."""

from __future__ import annotations

from argparse import ArgumentParser


def add_no_cache(parser: ArgumentParser) -> None:
    """Add ``--no-cache``."""
    parser.add_argument(
        "--no-cache",
        dest="cache",
        action="store_false",
        help="Ask the cloud for its catalogue again; otherwise, the catalogue of the last 24 hours is used",
    )
