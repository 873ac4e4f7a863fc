"""``openstack vsc image audit``."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from vscclient.osc.command import Lister, Rows
from vscclient.osc.help import KeepsLines
from vscclient.osc.options import attributes, consent, inspect_options

if TYPE_CHECKING:
    from vscclient.images.audit import Options

MAX_JOBS = 256
"""The most images that are checked at once: each needs a thread, a connection and the process of an inspection."""

EPILOG = """\
Each image is checked for its current audience. By default your own images are checked. An image that cannot be checked
still gets a row, and does not stop the others.

The rows are sorted by ID and contain no times and no sizes: the audits of two nights differ only if the images or the
rules differ. You can audit the parts of a long list on several machines and join the rows.

Exit status: 3 if an image has errors (with ``--baseline``: new errors); else 1 if an image could not be checked; else
0.
"""


class AuditImage(Lister):
    """Check many images: a row for each, or for each finding"""

    def get_epilog(self) -> str:
        return "\n".join((EPILOG, super().get_epilog()))

    def get_parser(self, prog_name: str) -> ArgumentParser:
        parser = super().get_parser(prog_name)
        parser.formatter_class = KeepsLines
        parser.add_argument("images", metavar="<image>", nargs="*", help="Image to check (name or ID)")
        parser.add_argument("--mine", action="store_true", help="Check the images of your project")
        parser.add_argument(
            "--shared-with-me", action="store_true", help="Check the images that your project has accepted"
        )
        parser.add_argument("--all-community", action="store_true", help="Check all community images of the cloud")
        parser.add_argument(
            "--jobs",
            metavar="<n>",
            type=attributes.whole_number(MAX_JOBS),
            default=2,
            help="Number of images to check at once (default: 2)",
        )
        parser.add_argument("--findings", action="store_true", help="Show a row for each finding instead of each image")
        parser.add_argument(
            "--baseline",
            metavar="<old.json>",
            help="Show only what is new, or gone, since the audit that wrote this file with -f json",
        )
        inspect_options.add_download_and_cache(parser)
        consent.add_policy(parser)
        return parser

    def take_action(self, parsed_args: Namespace) -> Rows:
        from vscclient.images import audit

        found = audit.run(self.cloud, options_of(parsed_args), self.terminal())
        self.failure = found.failure
        return found.columns, [[row[column] for column in found.columns] for row in found.rows]

    def produce_output(self, parsed_args: Namespace, column_names: Sequence[str], data: Iterable[Sequence[Any]]) -> int:
        """Write the rows to stdout; a table fits the terminal."""
        if parsed_args.formatter == "table":
            parsed_args.fit_width = True
        return super().produce_output(parsed_args, column_names, data)


def options_of(args: Namespace) -> Options:
    """Return the options of a command line."""
    from vscclient.images.audit import Options, Selection

    selected = {
        Selection.MINE: args.mine,
        Selection.SHARED_WITH_ME: args.shared_with_me,
        Selection.ALL_COMMUNITY: args.all_community,
    }
    return Options(
        images=tuple(args.images),
        selections=tuple(selection for selection, is_selected in selected.items() if is_selected),
        findings=args.findings,
        baseline=args.baseline,
        jobs=args.jobs,
        inspect_options=inspect_options.read(args),
        policy=args.policy,
    )
