"""``openstack vsc image unshare``."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from vscclient.osc import columns
from vscclient.osc.command import Lister, Rows
from vscclient.osc.options import agreement, consent, owner


class UnshareImage(Lister):
    """Take an image back from projects that it is shared with"""

    def get_parser(self, prog_name: str) -> ArgumentParser:
        parser = super().get_parser(prog_name)
        parser.add_argument("image", metavar="<image>", help="Image to unshare (name or ID)")
        parser.add_argument(
            "projects", metavar="<project>", nargs="*", help="Project to take back from (ID, or name of yours)"
        )
        parser.add_argument("--all", dest="everybody", action="store_true", help="Take it back from all of them")
        owner.add_domain(parser)
        consent.add(parser)
        agreement.add(parser)
        return parser

    def take_action(self, parsed_args: Namespace) -> Rows:
        from vscclient.images import unshare

        options = unshare.Options(
            image=parsed_args.image,
            projects=tuple(parsed_args.projects),
            project_domain=parsed_args.project_domain,
            everybody=parsed_args.everybody,
            consent=unshare.Consent(**consent.read(parsed_args)),
        )
        shared = unshare.run(self.cloud, options, self.terminal())
        self.afterwards = shared.failure
        return columns.of_projects(shared.rows)
