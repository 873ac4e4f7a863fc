"""``openstack vsc image reject``."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from vscclient.osc.command import Command
from vscclient.osc.options import answer_options


class RejectImage(Command):
    """Reject an image that another project shares with yours: it stays out of your list"""

    def get_parser(self, prog_name: str) -> ArgumentParser:
        parser = super().get_parser(prog_name)
        answer_options.add(parser)
        return parser

    def take_action(self, parsed_args: Namespace) -> None:
        from vscclient.images import reject

        reject.run(self.cloud, answer_options.read(parsed_args), self.terminal())
