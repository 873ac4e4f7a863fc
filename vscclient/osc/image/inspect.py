"""``openstack vsc image inspect``."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from typing import Any

from vscclient.osc.command import Columns, ShowOne
from vscclient.osc.help import KeepsLines
from vscclient.osc.options import consent, inspect_options

EPILOG = """\
The guest is not booted, and the image is not fetched as a whole where the cloud supports range requests. With
``--file`` alone, the command does not contact the cloud.

An unknown field is empty (``null`` in ``-f json``), but ``nics_at_boot`` and ``nic_hotplug`` are then ``unknown``.
The field ``evidence`` contains the reasons.
"""


class InspectImage(ShowOne):
    """Inspect an image, or a file: which network interfaces come up, and what was left in the guest"""

    def get_epilog(self) -> str:
        return "\n".join((EPILOG, super().get_epilog()))

    def get_parser(self, prog_name: str) -> ArgumentParser:
        parser = super().get_parser(prog_name)
        parser.formatter_class = KeepsLines
        parser.add_argument("image", metavar="<image>", nargs="?", help="Image to inspect (name or ID)")
        parser.add_argument("--file", metavar="<file>", help="File to inspect; with an image: a copy of its data")
        inspect_options.add_machine(parser)
        inspect_options.add_download_and_cache(parser)
        consent.add_policy(parser)
        return parser

    def take_action(self, parsed_args: Namespace) -> Columns:
        from vscclient.images import inspect
        from vscclient.osc.inspection import columns_of

        how = inspect_options.read(parsed_args, file=parsed_args.file)
        options = inspect.Options(
            image=parsed_args.image,
            inspect_options=how,
            machine=inspect_options.read_machine(parsed_args),
            policy=parsed_args.policy,
        )
        return columns_of(inspect.run(self.cloud, options, self.terminal()))

    def produce_output(self, parsed_args: Namespace, column_names: Sequence[str], data: Any) -> int:
        """Write the facts to stdout; a table fits the terminal."""
        if parsed_args.formatter == "table":
            parsed_args.fit_width = True
        return super().produce_output(parsed_args, column_names, data)
