"""Properties and tags."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from typing import Any


def add(parser: ArgumentParser) -> None:
    """Adds ``--property`` and ``--tag``."""
    parser.add_argument(
        "--property",
        dest="properties",
        metavar="<key=value>",
        type=_key_and_value,
        action="append",
        help="Set a property on this image (repeat option to set multiple properties)",
    )
    parser.add_argument(
        "--tag",
        dest="tags",
        metavar="<tag>",
        action="append",
        help="Set a tag on this image (repeat option to set multiple tags)",
    )


def read(args: Namespace) -> dict[str, Any]:
    """The fields of ``Options``."""
    return {"properties": dict(args.properties or ()), "tags": tuple(args.tags or ())}


def _key_and_value(said: str) -> tuple[str, str]:
    """As osc-lib's action, which in its older versions ends with a wrong exit status."""
    key, equals, value = said.partition("=")
    if not (key and equals):
        raise ArgumentTypeError(f"expected 'key=value', but got: {said}")
    return key, value
