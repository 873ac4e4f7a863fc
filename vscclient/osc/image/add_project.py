"""``openstack vsc image add project``: ``share`` under the standard client's name, arguments and columns."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from vscclient.osc.command import Columns, ShowOne
from vscclient.osc.options import consent, owner


class AddProject(ShowOne):
    """Share an image with one project (see vsc image share, which takes several)"""

    def get_parser(self, prog_name: str) -> ArgumentParser:
        parser = super().get_parser(prog_name)
        parser.add_argument("image", metavar="<image>", help="Image to share (name or ID)")
        parser.add_argument("project", metavar="<project>", help="Project to associate with image (name or ID)")
        owner.add_domain(parser)
        consent.add(parser)
        return parser

    def take_action(self, parsed_args: Namespace) -> Columns:
        from vscclient.images import share

        options = share.Options(
            image=parsed_args.image,
            projects=(parsed_args.project,),
            project_domain=parsed_args.project_domain,
            consent=share.Consent(**consent.read(parsed_args)),
        )
        shared = share.run(self.cloud, options, self.terminal())
        self.afterwards = shared.failure
        record = {name: value for row in shared.rows for name, value in row.record.items()}
        return tuple(sorted(record)), [record[name] for name in sorted(record)]
