"""The owner of an image, and who can find and use it."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from vscclient.model.member_status import MemberStatus
from vscclient.model.visibility import Visibility

if TYPE_CHECKING:
    from vscclient.images.options.groups import AccessOptions

_ANSWERING_PROJECT = "for the current project, or for the project given with --project"

_HELP = {
    Visibility.PUBLIC: "Image is accessible and visible to all users (only the VSC's staff can use this option)",
    Visibility.PRIVATE: "Image is only accessible by the owner",
    Visibility.COMMUNITY: "Image is accessible by all users, but does not appear in anybody else's default image list",
    Visibility.SHARED: "Image is only accessible by the owner and image members",
}


def add(parser: ArgumentParser, *, for_new_images: bool = False) -> None:
    """Add ``--project``, ``--project-domain``, ``--public``, ``--private``, ``--community`` and ``--shared``.

    Args:
        parser: The parser of the command.
        for_new_images: The command makes an image; the help then names the default.
    """
    parser.add_argument("--project", metavar="<project>", help="Set an alternate project on this image (name or ID)")
    add_project_domain(parser)
    visibilities = parser.add_mutually_exclusive_group()
    for visibility, text in _HELP.items():
        default = " (default)" if for_new_images and visibility is Visibility.PRIVATE else ""
        visibilities.add_argument(
            f"--{visibility}", dest="visibility", action="store_const", const=visibility, help=f"{text}{default}"
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


def add_status(parser: ArgumentParser) -> None:
    """Add ``--activate``, ``--deactivate``, ``--hidden``, ``--unhidden``, ``--accept``, ``--reject``, ``--pending``."""
    active = parser.add_mutually_exclusive_group()
    active.add_argument(
        "--deactivate", dest="active", action="store_const", const=False, help="Deactivate the image: nobody can use it"
    )
    active.add_argument("--activate", dest="active", action="store_const", const=True, help="Activate the image")
    hidden = parser.add_mutually_exclusive_group()
    hidden.add_argument(
        "--hidden", dest="hidden", action="store_const", const=True, help="Hide the image from everybody's list"
    )
    hidden.add_argument("--unhidden", dest="hidden", action="store_const", const=False, help="Unhide the image")
    answer = parser.add_mutually_exclusive_group()
    for status, option, text in (
        (MemberStatus.ACCEPTED, "--accept", f"Accept the image {_ANSWERING_PROJECT}"),
        (MemberStatus.REJECTED, "--reject", f"Reject the image {_ANSWERING_PROJECT}"),
        (MemberStatus.PENDING, "--pending", f"Reset the answer to the image to pending, {_ANSWERING_PROJECT}"),
    ):
        answer.add_argument(option, dest="answer", action="store_const", const=status, help=text)


def read(args: Namespace) -> AccessOptions:
    """Return the values. Only some commands have ``--share-with``, and the options for the status."""
    from vscclient.images.options.groups import AccessOptions

    return AccessOptions(
        visibility=args.visibility,
        project=args.project,
        project_domain=args.project_domain,
        share_with=tuple(getattr(args, "share_with", None) or ()),
        active=getattr(args, "active", None),
        hidden=getattr(args, "hidden", None),
        answer=getattr(args, "answer", None),
    )
