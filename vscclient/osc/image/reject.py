"""``openstack vsc image reject``."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from vscclient.model.member_status import MemberStatus
from vscclient.osc.command import Command
from vscclient.osc.options import answering


class RejectImage(Command):
    """Keep an image that another project shares with yours out of your list"""

    def get_parser(self, prog_name: str) -> ArgumentParser:
        parser = super().get_parser(prog_name)
        answering.add(parser)
        return parser

    def take_action(self, parsed_args: Namespace) -> None:
        from vscclient.images.answering import Options, run

        options = Options(status=MemberStatus.REJECTED, **answering.read(parsed_args))
        run(self.cloud, options, self.terminal())
