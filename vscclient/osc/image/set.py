"""``openstack vsc image set``."""

from __future__ import annotations

from argparse import SUPPRESS, ArgumentParser, Namespace
from typing import TYPE_CHECKING

from vscclient.osc.command import Command
from vscclient.osc.help import KeepsLines
from vscclient.osc.options import access_options, attributes, consent, description, inspect_options

if TYPE_CHECKING:
    from vscclient.images.set import Options

DIFFERENCES = """\
Differences from ``openstack image set``:

* a change is refused if it causes a problem; so is a change from one wrong value to another
* giving the image to more people is refused if the image has any error for them
* before people lose access, the command names them and asks; in a script, add ``--yes``
* a new owner has to be one of your projects; staff may name any project that exists
* ``--property`` cannot set a field of the image itself
* every change is reported, and so is having nothing to change
"""


class SetImage(Command):
    """Change the visibility, metadata or status of an image"""

    def get_epilog(self) -> str:
        return "\n".join((DIFFERENCES, super().get_epilog()))

    def get_parser(self, prog_name: str) -> ArgumentParser:
        parser = super().get_parser(prog_name)
        parser.formatter_class = KeepsLines
        parser.add_argument("image", metavar="<image>", help="Image to modify (name or ID)")
        parser.add_argument("--name", metavar="<name>", help="New image name")
        for add in (
            attributes.add_formats,
            attributes.add,
            access_options.add,
            description.add,
            description.add_properties,
            access_options.add_status,
            inspect_options.add,
            consent.add,
            consent.add_yes,
        ):
            add(parser)
        for option, text in (
            ("--instance-id", "ID of server instance used to create this image"),
            ("--instance-uuid", SUPPRESS),
        ):
            parser.add_argument(
                option, metavar="<instance-id>", dest="properties", type=_instance_id, action="append", help=text
            )
        parser.add_argument("--kernel-id", dest="kernel", help=SUPPRESS)
        parser.add_argument("--ramdisk-id", dest="ramdisk", help=SUPPRESS)
        return parser

    def take_action(self, parsed_args: Namespace) -> None:
        from vscclient.images import set as set_image

        set_image.run(self.cloud, options_of(parsed_args), self.terminal())


def options_of(args: Namespace) -> Options:
    """Return the options of a command line."""
    from vscclient.images.set import Options

    return Options(
        image=args.image,
        name=args.name,
        access=access_options.read(args),
        attributes=attributes.read(args),
        description=description.read(args),
        inspect_options=inspect_options.read(args, file=args.file),
        consent=consent.read(args),
    )


def _instance_id(text: str) -> tuple[str, str]:
    return "instance_id", text
