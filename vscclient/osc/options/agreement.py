"""Agreeing beforehand. What is said is read by ``terms``."""

from __future__ import annotations

from argparse import ArgumentParser


def add(parser: ArgumentParser) -> None:
    """Adds ``--yes``."""
    parser.add_argument(
        "--yes",
        action="store_true",
        help="Do not ask before others lose access (needed where there is no terminal to ask on)",
    )
