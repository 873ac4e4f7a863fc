"""Going on in spite of a rule."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import Any


def add(parser: ArgumentParser) -> None:
    """Adds ``--waive``."""
    parser.add_argument(
        "--waive",
        metavar="<code>",
        action="append",
        help="Go on although this rule objects, such as D305 (repeat option to waive several)",
    )


def read(args: Namespace) -> dict[str, Any]:
    """The fields of ``Options``."""
    return {"waived": frozenset(code.upper() for code in args.waive or ())}
