"""``openstack vsc image unset``."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from vscclient.osc.command import Command
from vscclient.osc.options import consent


class UnsetImage(Command):
    """Take tags and properties away from an image"""

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
        from vscclient.images import update

        options = update.Options(
            image=parsed_args.image,
            removed_tags=tuple(parsed_args.tags),
            removed_properties=tuple(parsed_args.properties),
            consent=update.Consent(**consent.read(parsed_args)),
        )
        update.run(self.cloud, options, self.terminal())
