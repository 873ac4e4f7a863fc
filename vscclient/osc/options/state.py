"""Whether an image can be used and is listed, and what a project that it is shared with says to it."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import Any

from vscclient.model.member_status import MemberStatus


def add(parser: ArgumentParser) -> None:
    """Adds ``--activate``, ``--deactivate``, ``--hidden``, ``--unhidden``, ``--accept``, ``--reject`` and
    ``--pending``."""
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
    whose = "for the project that --project names, else for the current one"
    for status, option in _ANSWERS.items():
        answer.add_argument(
            f"--{option}",
            dest="answer",
            action="store_const",
            const=status,
            help=f"{option.capitalize()} an image that is shared, {whose}"
            if status is not MemberStatus.PENDING
            else f"Leave open whether an image that is shared is accepted, {whose}",
        )


_ANSWERS = {MemberStatus.ACCEPTED: "accept", MemberStatus.REJECTED: "reject", MemberStatus.PENDING: "pending"}


def read(args: Namespace) -> dict[str, Any]:
    """The fields of ``Options``."""
    return {"active": args.active, "hidden": args.hidden, "answer": args.answer}
