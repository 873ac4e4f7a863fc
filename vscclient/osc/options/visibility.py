"""Whom the image is for."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import Any

from vscclient.model.visibility import Visibility

_HELP = {
    Visibility.PUBLIC: "Image is accessible and visible to all users (provided by the VSC: for its staff)",
    Visibility.PRIVATE: "Image is only accessible by the owner (new images, unless said otherwise)",
    Visibility.COMMUNITY: "Image is accessible by all users, but does not appear in anybody else's default image list",
    Visibility.SHARED: "Image is only accessible by the owner and image members",
}


def add(parser: ArgumentParser) -> None:
    """Adds ``--public``, ``--private``, ``--community`` and ``--shared``."""
    group = parser.add_mutually_exclusive_group()
    for visibility, text in _HELP.items():
        group.add_argument(f"--{visibility}", dest="visibility", action="store_const", const=visibility, help=text)


def read(args: Namespace) -> dict[str, Any]:
    """The fields of ``Options``."""
    return {"visibility": args.visibility}
