"""``openstack vsc image remove project``: ``unshare`` under the standard client's name and arguments."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from vscclient.osc.command import Command
from vscclient.osc.options import access_options, consent

if TYPE_CHECKING:
    from vscclient.images.remove_project import Options


class RemoveProject(Command):
    """Remove one project from an image (see vsc image unshare, which takes several)"""

    def get_parser(self, prog_name: str) -> ArgumentParser:
        parser = super().get_parser(prog_name)
        parser.add_argument("image", metavar="<image>", help="Image to unshare (name or ID)")
        parser.add_argument("project", metavar="<project>", help="Project to disassociate with image (name or ID)")
        access_options.add_project_domain(parser)
        consent.add(parser, consent.WAIVES_SITE_RULES)
        consent.add_yes(parser)
        return parser

    def take_action(self, parsed_args: Namespace) -> None:
        from vscclient.images import remove_project

        self.failure = remove_project.run(self.cloud, options_of(parsed_args), self.terminal()).failure


def options_of(args: Namespace) -> Options:
    """Return the options of a command line."""
    from vscclient.images.remove_project import Options

    return Options(
        image=args.image,
        project=args.project,
        project_domain=args.project_domain,
        consent=consent.read(args),
    )
