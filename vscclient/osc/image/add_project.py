"""``openstack vsc image add project``: ``share`` under the standard client's name, arguments and columns."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from vscclient.osc import columns
from vscclient.osc.command import Columns, ShowOne
from vscclient.osc.options import access_options, consent

if TYPE_CHECKING:
    from vscclient.images.add_project import Options


class AddProject(ShowOne):
    """Share an image with one project (see vsc image share, which takes several)"""

    def get_parser(self, prog_name: str) -> ArgumentParser:
        parser = super().get_parser(prog_name)
        parser.add_argument("image", metavar="<image>", help="Image to share (name or ID)")
        parser.add_argument("project", metavar="<project>", help="Project to associate with image (name or ID)")
        access_options.add_project_domain(parser)
        consent.add(parser)
        return parser

    def take_action(self, parsed_args: Namespace) -> Columns:
        from vscclient.images import add_project

        sharing = add_project.run(self.cloud, options_of(parsed_args), self.terminal())
        self.failure = sharing.failure
        return columns.of_member(sharing.rows[0])


def options_of(args: Namespace) -> Options:
    """Return the options of a command line."""
    from vscclient.images.add_project import Options

    return Options(
        image=args.image,
        project=args.project,
        project_domain=args.project_domain,
        consent=consent.read(args),
    )
