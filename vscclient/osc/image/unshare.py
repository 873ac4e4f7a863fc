"""``openstack vsc image unshare``."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from vscclient.osc import columns
from vscclient.osc.command import Lister, Rows
from vscclient.osc.options import access_options, consent

if TYPE_CHECKING:
    from vscclient.images.unshare import Options


class UnshareImage(Lister):
    """Remove projects from an image that is shared with them"""

    def get_parser(self, prog_name: str) -> ArgumentParser:
        parser = super().get_parser(prog_name)
        parser.add_argument("image", metavar="<image>", help="Image to unshare (name or ID)")
        parser.add_argument(
            "projects", metavar="<project>", nargs="*", help="Project to remove (name of one of yours, or ID)"
        )
        parser.add_argument("--all", dest="everybody", action="store_true", help="Remove all projects")
        access_options.add_project_domain(parser)
        consent.add(parser, consent.WAIVES_SITE_RULES)
        consent.add_yes(parser)
        return parser

    def take_action(self, parsed_args: Namespace) -> Rows:
        from vscclient.images import unshare

        sharing = unshare.run(self.cloud, options_of(parsed_args), self.terminal())
        self.failure = sharing.failure
        return columns.of_members(sharing.rows)


def options_of(args: Namespace) -> Options:
    """Return the options of a command line."""
    from vscclient.images.unshare import Options

    return Options(
        image=args.image,
        projects=tuple(args.projects),
        project_domain=args.project_domain,
        everybody=args.everybody,
        consent=consent.read(args),
    )
