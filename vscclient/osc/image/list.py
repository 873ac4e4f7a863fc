"""``openstack vsc image list``."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from vscclient.osc.command import Lister, Rows
from vscclient.osc.help import KeepsLines
from vscclient.osc.listing import StandardList

if TYPE_CHECKING:
    from vscclient.images.list import Options


DIFFERENCES = """\
Differences from ``openstack image list``:

* the columns ``Access``, ``Owner`` (not with ``--long``, which shows it as ``Project``) and ``Multi-NIC`` are added
* a name is always a name: ``--name in:a,b`` lists an image with the name ``in:a,b``
* ``--project`` accepts the names of your own projects only; for other projects, use the ID
* ``--marker`` accepts the names that ``vsc image show`` accepts; for other images, use the ID
* control characters in the names of images are made visible in tables, ``value`` and ``csv``
* images whose properties make the standard command fail are listed, too

As in the standard command, ``--limit N`` lists at most N images, and never more than one page of the cloud (usually
1000 images). ``--max-items N`` lists at most N images from any number of pages. Both options select the newest images,
which are then sorted.
"""


class ListImage(Lister):
    """List available images, and how you have access to each of them"""

    def get_epilog(self) -> str:
        return "\n".join((DIFFERENCES, super().get_epilog()))

    def get_parser(self, prog_name: str) -> ArgumentParser:
        self._standard = StandardList(self.app, self.app_args)
        parser = self._standard.parser(prog_name)
        parser.description, parser.epilog = self.get_description(), self.get_epilog()
        parser.formatter_class = KeepsLines
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
