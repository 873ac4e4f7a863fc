"""``openstack vsc image list``."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from vscclient.osc.command import Lister, Rows
from vscclient.osc.listing import StandardList


class ListImage(Lister):
    """List available images, and how you come to each of them"""

    def get_parser(self, prog_name: str) -> ArgumentParser:
        self._standard = StandardList(self.app, self.app_args)
        parser = self._standard.parser(prog_name)
        parser.description = self.get_description()
        _add(parser)
        return parser

    def take_action(self, parsed_args: Namespace) -> Rows:
        from vscclient.images.listing import Options, Whose

        options = Options(
            project=parsed_args.project,
            project_domain=parsed_args.project_domain,
            whose=Whose(parsed_args.whose) if parsed_args.whose else None,
            multi_nic=parsed_args.multi_nic,
        )
        return self._standard.rows(parsed_args, self.cloud, options)


def _add(parser: ArgumentParser) -> None:
    whose = parser.add_mutually_exclusive_group()
    for option, meaning in (
        ("--mine", "List only images of your project, whoever may see them"),
        ("--shared-with-me", "List only images of others that are shared with your project, and that it accepted"),
        ("--pending", "List only images of others that are shared with your project, and that it has not answered yet"),
    ):
        whose.add_argument(option, action="store_const", const=option, dest="whose", help=meaning)
    parser.add_argument(
        "--multi-nic",
        action="store_true",
        help="List only images that say that their guest uses several NICs (property vsc_multi_nic)",
    )
