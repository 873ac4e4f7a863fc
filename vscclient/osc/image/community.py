"""``openstack vsc image community``."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from vscclient.osc.command import Command
from vscclient.osc.options import attributes, consent, description, inspect_options

if TYPE_CHECKING:
    from vscclient.images.community import Options


class CommunityImage(Command):
    """Offer an image to everybody on the cloud, as a community image"""

    def get_parser(self, prog_name: str) -> ArgumentParser:
        parser = super().get_parser(prog_name)
        parser.add_argument("image", metavar="<image>", help="Image to publish (name or ID)")
        parser.add_argument("--name", metavar="<name>", help="New image name")
        for add in (attributes.add, description.add, inspect_options.add, consent.add, consent.add_yes):
            add(parser)
        return parser

    def take_action(self, parsed_args: Namespace) -> None:
        from vscclient.images import community

        community.run(self.cloud, options_of(parsed_args), self.terminal())


def options_of(args: Namespace) -> Options:
    """Return the options of a command line."""
    from vscclient.images.community import Options

    return Options(
        image=args.image,
        name=args.name,
        attributes=attributes.read(args),
        description=description.read(args),
        inspect_options=inspect_options.read(args, file=args.file),
        consent=consent.read(args),
    )
