"""Judging without doing, and going on in spite of a rule."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import Any


def add(parser: ArgumentParser) -> None:
    """Adds ``--dry-run`` and ``--waive``."""
    parser.add_argument("--dry-run", action="store_true", help="Check everything and show the result; change nothing")
    parser.add_argument(
        "--waive",
        metavar="<code>",
        action="append",
        help="Go on although this rule objects, such as D305 (repeat option to waive several)",
    )


def read(args: Namespace) -> dict[str, Any]:
    """The fields of ``Options``."""
    return {"dry_run": args.dry_run, "waived": frozenset(code.upper() for code in args.waive or ())}
