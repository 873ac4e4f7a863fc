"""Protection from deletion."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import Any


def add(parser: ArgumentParser) -> None:
    """Adds ``--protected`` and ``--unprotected``."""
    group = parser.add_mutually_exclusive_group()
    group.add_argument(
        "--protected", dest="protected", action="store_const", const=True, help="Prevent image from being deleted"
    )
    group.add_argument(
        "--unprotected",
        dest="protected",
        action="store_const",
        const=False,
        help="Allow image to be deleted (new images, unless said otherwise)",
    )


def read(args: Namespace) -> dict[str, Any]:
    """The fields of ``Options``."""
    return {"protected": args.protected}
