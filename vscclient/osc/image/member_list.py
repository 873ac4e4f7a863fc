"""``openstack vsc image member list``."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from vscclient.osc.command import Lister, Rows
from vscclient.osc.help import KeepsLines

DIFFERENCES = """\
Differences from ``openstack image member list``:

* the columns are ``Project`` (empty if the cloud does not show the name), ``ID``, ``Status`` (the answer) and ``Since``
  (the time of the last change); the standard command has ``Image ID``, ``Member ID`` and ``Status``
* an image that is not shared is not an error: the list is empty, and a message gives the reason
"""

COLUMNS = ("Project", "ID", "Status", "Since")


class ListMember(Lister):
    """List the projects that an image is shared with, and the answer of each"""

    def get_epilog(self) -> str:
        return "\n".join((DIFFERENCES, super().get_epilog()))

    def get_parser(self, prog_name: str) -> ArgumentParser:
        parser = super().get_parser(prog_name)
        parser.formatter_class = KeepsLines
        parser.add_argument("image", metavar="<image>", help="Image (name or ID)")
        parser.add_argument(
            "--project-domain",
            metavar="<project-domain>",
            help="Has no effect, as in 'openstack image member list', which has this option",
        )
        return parser

    def take_action(self, parsed_args: Namespace) -> Rows:
        from vscclient.images import member_list

        rows = member_list.run(self.cloud, parsed_args.image, self.terminal())
        return COLUMNS, [(row.project or "", row.member.id, str(row.member.status), row.member.since) for row in rows]
