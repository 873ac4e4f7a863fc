"""``openstack vsc image delete``."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from vscclient.osc.command import Command
from vscclient.osc.help import KeepsLines
from vscclient.osc.options import consent

DIFFERENCES = """\
Differences from ``openstack image delete``:

* a name or ID that does not exist does not stop the others; each image gets a line with its result
* an image that others use (members, or everybody) is deleted only if you confirm it, or with ``--yes``; exit status 3
  otherwise
* a protected image can be deleted with ``--unprotect``; if that fails, its protection is restored
* an image that you name twice is deleted once
"""


class DeleteImage(Command):
    """Delete images; ask first if other people can use them"""

    def get_epilog(self) -> str:
        return "\n".join((DIFFERENCES, super().get_epilog()))

    def get_parser(self, prog_name: str) -> ArgumentParser:
        parser = super().get_parser(prog_name)
        parser.formatter_class = KeepsLines
        parser.add_argument("images", metavar="<image>", nargs="+", help="Images to delete (name or ID)")
        parser.add_argument(
            "--store", metavar="<store>", help="Delete only the data in this store; the image stays in its other stores"
        )
        parser.add_argument("--unprotect", action="store_true", help="Delete protected images too")
        consent.add_yes(parser)
        return parser

    def take_action(self, parsed_args: Namespace) -> None:
        from vscclient.images import delete

        images, store = tuple(parsed_args.images), parsed_args.store
        options = delete.Options(images=images, store=store, unprotect=parsed_args.unprotect, yes=parsed_args.yes)
        delete.run(self.cloud, options, self.terminal())
