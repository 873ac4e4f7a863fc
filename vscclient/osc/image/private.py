"""``openstack vsc image private``."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from vscclient.osc.command import Command
from vscclient.osc.options import consent


class PrivateImage(Command):
    """Make an image private, so that only its own project can use it"""

    def get_parser(self, prog_name: str) -> ArgumentParser:
        parser = super().get_parser(prog_name)
        parser.add_argument("image", metavar="<image>", help="Image to make private (name or ID)")
        parser.add_argument(
            "--forget-members",
            action="store_true",
            help="Remove all current and earlier members, so that they do not regain access when the image is "
            "shared again",
        )
        consent.add(parser, consent.WAIVES_SITE_RULES)
        consent.add_yes(parser)
        return parser

    def take_action(self, parsed_args: Namespace) -> None:
        from vscclient.images import private

        options = private.Options(
            image=parsed_args.image, forget_members=parsed_args.forget_members, consent=consent.read(parsed_args)
        )
        private.run(self.cloud, options, self.terminal())
