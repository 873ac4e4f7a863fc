"""Judging without doing."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import Any


def add(parser: ArgumentParser) -> None:
    """Adds ``--dry-run``."""
    parser.add_argument("--dry-run", action="store_true", help="Check everything and show the result; change nothing")


def read(args: Namespace) -> dict[str, Any]:
    """The fields of ``Options``."""
    return {"dry_run": args.dry_run}
