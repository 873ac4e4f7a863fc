"""The offer to answer, and the project that answers."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vscclient.images.offers.answer import AnswerOptions


def add(parser: ArgumentParser) -> None:
    """Add ``<image>``, ``--from``, ``--project`` and ``--project-domain``."""
    parser.add_argument("image", metavar="<image>", help="Image that is shared with your project (name or ID)")
    parser.add_argument(
        "--from",
        dest="from_project",
        metavar="<project>",
        help="Project that shares it (name of one of yours, or ID), if several projects share an image of this name",
    )
    parser.add_argument(
        "--project", metavar="<project>", help="Answer for another of your projects (name or ID; default: the current)"
    )
    parser.add_argument(
        "--project-domain",
        metavar="<project-domain>",
        help="Domain of the project that answers (name or ID), if several domains have a project of this name",
    )


def read(args: Namespace) -> AnswerOptions:
    """Return the values."""
    from vscclient.images.offers.answer import AnswerOptions

    return AnswerOptions(
        image=args.image,
        from_project=args.from_project,
        project=args.project,
        project_domain=args.project_domain,
    )
