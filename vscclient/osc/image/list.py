"""``openstack vsc image list``."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from vscclient.osc.command import Lister, Rows
from vscclient.osc.listing import StandardList

if TYPE_CHECKING:
    from vscclient.images.list import Options


class ListImage(Lister):
    """List available images, and how you have access to each of them"""

    def get_parser(self, prog_name: str) -> ArgumentParser:
        self._standard = StandardList(self.app, self.app_args)
        parser = self._standard.parser(prog_name)
        parser.description = self.get_description()
        access = parser.add_mutually_exclusive_group()
        for option, text in (
            ("--mine", "List only images of your project, with any visibility"),
            ("--shared-with-me", "List only images that other projects share with yours and that yours has accepted"),
            ("--pending", "List only images that other projects share with yours and that yours has not answered yet"),
        ):
            access.add_argument(option, action="store_const", const=option, dest="access", help=text)
        parser.add_argument(
            "--multi-nic",
            action="store_true",
            help="List only images that declare that their guest uses several NICs (property vsc_multi_nic)",
        )
        return parser

    def take_action(self, parsed_args: Namespace) -> Rows:
        return self._standard.rows(parsed_args, self.cloud, options_of(parsed_args), self.end_with)


def options_of(args: Namespace) -> Options:
    """Return the options that the standard command does not have."""
    from vscclient.images.list import AccessFilter, Options

    return Options(
        project=args.project,
        project_domain=args.project_domain,
        access=AccessFilter(args.access) if args.access else None,
        multi_nic=args.multi_nic,
    )
