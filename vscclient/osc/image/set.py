"""``openstack vsc image set``."""

from __future__ import annotations

from argparse import SUPPRESS, ArgumentParser, Namespace

from vscclient.osc.command import Command
from vscclient.osc.help import KeepsLines
from vscclient.osc.options import (
    agreement,
    consent,
    form,
    formats,
    inspect_options,
    owner,
    properties,
    protection,
    size,
    state,
    visibility,
)

DIFFERENCES = """\
Where it differs from ``openstack image set``:

* what would be wrong afterwards, and was not before, is refused; so is letting others have an image that is not fit
  for them
* who would lose access is named, and you are asked; in a script say ``--yes``
* a new owner has to be one of your projects; staff may name any that exists
* ``--property`` cannot set a field of the image itself
* what changed is said; that there was nothing to change, too
"""


class SetImage(Command):
    """Change an image: who may see it, what it says of itself, whether it can be used"""

    def get_epilog(self) -> str:
        return "\n".join((DIFFERENCES, super().get_epilog()))

    def get_parser(self, prog_name: str) -> ArgumentParser:
        parser = super().get_parser(prog_name)
        parser.formatter_class = KeepsLines
        parser.add_argument("image", metavar="<image>", help="Image to modify (name or ID)")
        parser.add_argument("--name", metavar="<name>", help="New image name")
        for group in (
            owner,
            formats,
            size,
            protection,
            visibility,
            properties,
            form,
            state,
            inspect_options,
            consent,
            agreement,
        ):
            group.add(parser)
        parser.add_argument(
            "--instance-id", metavar="<instance-id>", help="ID of server instance used to create this image"
        )
        parser.add_argument("--instance-uuid", dest="instance_id", help=SUPPRESS)
        parser.add_argument("--kernel-id", dest="kernel", help=SUPPRESS)
        parser.add_argument("--ramdisk-id", dest="ramdisk", help=SUPPRESS)
        return parser

    def take_action(self, parsed_args: Namespace) -> None:
        from vscclient.images import update

        groups = (owner, formats, size, protection, visibility, state)
        said = {field: value for group in groups for field, value in group.read(parsed_args).items()}
        told = properties.read(parsed_args)
        if parsed_args.instance_id is not None:
            told["properties"]["instance_id"] = parsed_args.instance_id
        options = update.Options(
            image=parsed_args.image,
            name=parsed_args.name,
            form=update.Form(**form.read(parsed_args)),
            inspect_options=update.InspectOptions(**inspect_options.read(parsed_args)),
            consent=update.Consent(**consent.read(parsed_args)),
            **told,
            **said,
        )
        update.run(self.cloud, options, self.terminal())
