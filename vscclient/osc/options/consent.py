"""The user's agreement to the change of an image, and the policy that the change is checked by."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vscclient.images.options.groups import Consent


WAIVES = "Proceed despite errors of this rule"
WAIVES_SITE_RULES = (
    "Proceed despite errors of this rule, one of the site's own: built-in rules that stop this command cannot be waived"
)
"""The effects of ``--waive``. No built-in rule that can be waived stops a command that only takes access away."""


def add(parser: ArgumentParser, waives: str = WAIVES) -> None:
    """Add ``--dry-run``, ``--waive`` and ``--policy``.

    Args:
        parser: The parser of the command.
        waives: The effect of ``--waive``.
    """
    parser.add_argument("--dry-run", action="store_true", help="Check everything and show the result; change nothing")
    add_waivers(parser, waives)
    add_policy(parser)


def add_waivers(parser: ArgumentParser, effect: str = WAIVES) -> None:
    """Add ``--waive``.

    Args:
        parser: The parser of the command.
        effect: The effect of the option.
    """
    parser.add_argument(
        "--waive",
        metavar="<code>",
        action="append",
        type=str.upper,
        help=f"{effect}; a code such as D305 (repeat option to waive several)",
    )


def add_policy(parser: ArgumentParser) -> None:
    """Add ``--policy``."""
    parser.add_argument(
        "--policy",
        metavar="<file>",
        help="Policy of the site: a YAML file with its differences from the built-in policy (Env: VSCCLIENT_POLICY)",
    )


def add_yes(parser: ArgumentParser) -> None:
    """Add ``--yes``."""
    parser.add_argument(
        "--yes",
        action="store_true",
        help="Do not ask before others lose access (required without a terminal)",
    )


def read(args: Namespace) -> Consent:
    """Return the values. Not every command has ``--dry-run`` and ``--yes``."""
    from vscclient.images.options.groups import Consent

    return Consent(
        policy=args.policy,
        waived=frozenset(args.waive or ()),
        dry_run=getattr(args, "dry_run", False),
        yes=getattr(args, "yes", False),
    )
