"""``openstack vsc image remove project``: ``unshare`` under the standard client's name and arguments."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from vscclient.osc.command import Command
from vscclient.osc.options import agreement, consent, owner


class RemoveProject(Command):
    """Take an image back from one project (see vsc image unshare, which takes several)"""

    def get_parser(self, prog_name: str) -> ArgumentParser:
        parser = super().get_parser(prog_name)
        parser.add_argument("image", metavar="<image>", help="Image to unshare (name or ID)")
        parser.add_argument("project", metavar="<project>", help="Project to disassociate with image (name or ID)")
        owner.add_domain(parser)
        consent.add(parser)
        agreement.add(parser)
        return parser

    def take_action(self, parsed_args: Namespace) -> None:
        from vscclient.images import unshare

        options = unshare.Options(
            image=parsed_args.image,
            projects=(parsed_args.project,),
            project_domain=parsed_args.project_domain,
            consent=unshare.Consent(**consent.read(parsed_args)),
        )
        self.afterwards = unshare.run(self.cloud, options, self.terminal()).failure
