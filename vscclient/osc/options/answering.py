"""Which image is answered, and for whom."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import Any


def add(parser: ArgumentParser) -> None:
    """Adds ``<image>``, ``--from``, ``--project`` and ``--project-domain``."""
    parser.add_argument("image", metavar="<image>", help="Image that is shared with your project (name or ID)")
    parser.add_argument(
        "--from",
        dest="from_project",
        metavar="<project>",
        help="Project that shares it (ID, or name of one of yours), where several share an image of this name",
    )
    parser.add_argument(
        "--project", metavar="<project>", help="Answer for another of your projects (name or ID; default: the current)"
    )
    parser.add_argument(
        "--project-domain",
        metavar="<project-domain>",
        help="Domain of the project that answers (name or ID), where several have a project of this name",
    )


def read(args: Namespace) -> dict[str, Any]:
    """The fields of ``answering.Options`` but for the answer."""
    fields = ("image", "from_project", "project", "project_domain")
    return {field: getattr(args, field) for field in fields}
