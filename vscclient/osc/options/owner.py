"""Whose image it is."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import Any


def add(parser: ArgumentParser) -> None:
    """Adds ``--project`` and ``--project-domain``."""
    parser.add_argument("--project", metavar="<project>", help="Set an alternate project on this image (name or ID)")
    add_domain(parser)


def add_domain(parser: ArgumentParser) -> None:
    """Adds ``--project-domain``."""
    parser.add_argument(
        "--project-domain",
        metavar="<project-domain>",
        help="Domain the project belongs to (name or ID), where several have a project of this name",
    )


def read(args: Namespace) -> dict[str, Any]:
    """The fields of ``Options``."""
    return {"project": args.project, "project_domain": args.project_domain}
