"""The status of an image, and the answer to an offer."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from vscclient.model.member_status import MemberStatus

if TYPE_CHECKING:
    from vscclient.images.options.groups import StatusOptions

_PROJECT = "for the project that --project names, or the current one"


def add(parser: ArgumentParser) -> None:
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
        (MemberStatus.ACCEPTED, "--accept", f"Accept an image that is shared, {_PROJECT}"),
        (MemberStatus.REJECTED, "--reject", f"Reject an image that is shared, {_PROJECT}"),
        (MemberStatus.PENDING, "--pending", f"Withdraw the answer to an image that is shared, {_PROJECT}"),
    ):
        answer.add_argument(option, dest="answer", action="store_const", const=status, help=text)


def read(args: Namespace) -> StatusOptions:
    """Return the values."""
    from vscclient.images.options.groups import StatusOptions

    return StatusOptions(active=args.active, hidden=args.hidden, answer=args.answer)
