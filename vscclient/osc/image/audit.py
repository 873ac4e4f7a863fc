"""``openstack vsc image audit``."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Sequence
from typing import Any

from vscclient.osc.command import Lister, Rows
from vscclient.osc.help import KeepsLines
from vscclient.osc.options import inspect_options, policy

EPILOG = """\
Each image is judged for those whom it is for now. With nothing said, yours are judged. What cannot be judged at all has
a row, too, and the others are judged all the same.

The rows are in the order of the IDs, and hold no times and no amounts: two nights can be compared. A long list can be
split among several machines; their rows add up.

Exit status: 3 when something stands against an image (with ``--baseline``: something new); else 1 when an image could
not be judged at all; else 0.
"""


class AuditImage(Lister):
    """Judge many images: a row for each, or for each finding"""

    def get_epilog(self) -> str:
        return "\n".join((EPILOG, super().get_epilog()))

    def get_parser(self, prog_name: str) -> ArgumentParser:
        parser = super().get_parser(prog_name)
        parser.formatter_class = KeepsLines
        parser.add_argument("images", metavar="<image>", nargs="*", help="Image to judge (name or ID)")
        parser.add_argument("--mine", action="store_true", help="Those of your project")
        parser.add_argument("--shared-with-me", action="store_true", help="Those that your project has accepted")
        parser.add_argument("--all-community", action="store_true", help="All community images of the cloud")
        parser.add_argument("--jobs", metavar="<n>", type=int, default=2, help="How many at once (default: 2)")
        parser.add_argument("--findings", action="store_true", help="A row for each finding instead of each image")
        parser.add_argument(
            "--baseline",
            metavar="<old.json>",
            help="Show only what is new, or gone, since the audit that wrote this file with -f json",
        )
        inspect_options.add_ways(parser)
        policy.add(parser)
        return parser

    def take_action(self, parsed_args: Namespace) -> Rows:
        from vscclient.images import audit

        options = audit.Options(
            images=tuple(parsed_args.images),
            those=tuple(those for those in audit.Those if getattr(parsed_args, those[2:].replace("-", "_"))),
            findings=parsed_args.findings,
            baseline=parsed_args.baseline,
            jobs=parsed_args.jobs,
            inspect_options=audit.InspectOptions(**inspect_options.read_ways(parsed_args)),
            **policy.read(parsed_args),
        )
        found = audit.run(self.cloud, options, self.terminal())
        self.afterwards = found.failure
        return found.columns, [[row[column] for column in found.columns] for row in found.rows]

    def produce_output(self, parsed_args: Namespace, column_names: Sequence[str], data: Iterable[Sequence[Any]]) -> int:
        """Writes the rows to stdout; a table fits the terminal."""
        if parsed_args.formatter == "table":
            parsed_args.fit_width = True
        return super().produce_output(parsed_args, column_names, data)
