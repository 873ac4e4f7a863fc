"""``openstack vsc image share``."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from vscclient.osc import columns
from vscclient.osc.command import Lister, Rows
from vscclient.osc.options import access_options, consent, inspect_options

if TYPE_CHECKING:
    from vscclient.images.share import Options


class ShareImage(Lister):
    """Share an image with projects"""

    def get_parser(self, prog_name: str) -> ArgumentParser:
        parser = super().get_parser(prog_name)
        parser.add_argument("image", metavar="<image>", help="Image to share (name or ID)")
        parser.add_argument(
            "projects",
            metavar="<project>",
            nargs="+",
            help="Project to share it with: the name of one of yours, or the ID of another",
        )
        access_options.add_project_domain(parser)
        inspect_options.add(parser)
        consent.add(parser)
        return parser

    def take_action(self, parsed_args: Namespace) -> Rows:
        from vscclient.images import share

        cloud = self.cloud
        sharing = share.run(cloud, options_of(parsed_args), self.terminal())
        cloud.keep_name_of(sharing.image, parsed_args.image)
        self.failure = sharing.failure
        return columns.of_members(sharing.rows)


def options_of(args: Namespace) -> Options:
    """Return the options of a command line."""
    from vscclient.images.share import Options

    return Options(
        image=args.image,
        projects=tuple(args.projects),
        project_domain=args.project_domain,
        inspect_options=inspect_options.read(args, file=args.file),
        consent=consent.read(args),
    )
