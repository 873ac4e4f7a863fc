"""``openstack vsc image share``."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from vscclient.osc import columns
from vscclient.osc.command import Lister, Rows
from vscclient.osc.options import consent, inspect_options, owner


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
        owner.add_domain(parser)
        for group in (inspect_options, consent):
            group.add(parser)
        return parser

    def take_action(self, parsed_args: Namespace) -> Rows:
        from vscclient.images import share

        options = share.Options(
            image=parsed_args.image,
            projects=tuple(parsed_args.projects),
            project_domain=parsed_args.project_domain,
            inspect_options=share.InspectOptions(**inspect_options.read(parsed_args)),
            consent=share.Consent(**consent.read(parsed_args)),
        )
        shared = share.run(self.cloud, options, self.terminal())
        self.afterwards = shared.failure
        return columns.of_projects(shared.rows)
