"""The site's policy."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import Any


def add(parser: ArgumentParser) -> None:
    """Adds ``--policy``."""
    parser.add_argument(
        "--policy",
        metavar="<file>",
        help="Policy of the site: a YAML file with what differs from the built-in one (Env: VSCCLIENT_POLICY)",
    )


def read(args: Namespace) -> dict[str, Any]:
    """The fields of ``Options``."""
    return {"policy": args.policy}
