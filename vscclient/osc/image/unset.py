"""``openstack vsc image unset``."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from vscclient.osc.command import Command
from vscclient.osc.options import consent

if TYPE_CHECKING:
    from vscclient.images.unset import Options


class UnsetImage(Command):
    """Remove tags and properties from an image"""

    def get_parser(self, prog_name: str) -> ArgumentParser:
        parser = super().get_parser(prog_name)
        parser.add_argument("image", metavar="<image>", help="Image to modify (name or ID)")
        parser.add_argument(
            "--tag",
            dest="tags",
            metavar="<tag>",
            default=[],
            action="append",
            help="Unset a tag on this image (repeat option to unset multiple tags)",
        )
        parser.add_argument(
            "--property",
            dest="properties",
            metavar="<property-key>",
            default=[],
            action="append",
            help="Unset a property on this image (repeat option to unset multiple properties)",
        )
        consent.add(parser)
        return parser

    def take_action(self, parsed_args: Namespace) -> None:
        from vscclient.images import unset

        unset.run(self.cloud, options_of(parsed_args), self.terminal())


def options_of(args: Namespace) -> Options:
    """Return the options of a command line."""
    from vscclient.images.unset import Options

    return Options(
        image=args.image, properties=tuple(args.properties), tags=tuple(args.tags), consent=consent.read(args)
    )
