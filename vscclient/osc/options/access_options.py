"""The owner of an image, and who can use it."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from vscclient.model.visibility import Visibility

if TYPE_CHECKING:
    from vscclient.images.options.groups import AccessOptions

_HELP = {
    Visibility.PUBLIC: "Image is accessible and visible to all users (provided by the VSC: for its staff)",
    Visibility.PRIVATE: "Image is only accessible by the owner (default for new images)",
    Visibility.COMMUNITY: "Image is accessible by all users, but does not appear in anybody else's default image list",
    Visibility.SHARED: "Image is only accessible by the owner and image members",
}


def add(parser: ArgumentParser) -> None:
    """Add ``--project``, ``--project-domain``, ``--public``, ``--private``, ``--community`` and ``--shared``."""
    parser.add_argument("--project", metavar="<project>", help="Set an alternate project on this image (name or ID)")
    add_project_domain(parser)
    visibilities = parser.add_mutually_exclusive_group()
    for visibility, text in _HELP.items():
        visibilities.add_argument(
            f"--{visibility}", dest="visibility", action="store_const", const=visibility, help=text
        )


def add_project_domain(parser: ArgumentParser) -> None:
    """Add ``--project-domain``."""
    parser.add_argument(
        "--project-domain",
        metavar="<project-domain>",
        help="Domain the project belongs to (name or ID), if several domains have a project of this name",
    )


def add_share_with(parser: ArgumentParser) -> None:
    """Add ``--share-with``."""
    parser.add_argument(
        "--share-with",
        metavar="<project>",
        action="append",
        help="Share the image with this project (name of one of yours, or ID; repeat option for several)",
    )


def read(args: Namespace) -> AccessOptions:
    """Return the values. Not every command has ``--share-with``."""
    from vscclient.images.options.groups import AccessOptions

    return AccessOptions(
        visibility=args.visibility,
        project=args.project,
        project_domain=args.project_domain,
        share_with=tuple(getattr(args, "share_with", None) or ()),
    )
