"""``openstack vsc image create``."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from vscclient.osc import columns
from vscclient.osc.command import Columns, ShowOne
from vscclient.osc.help import KeepsLines
from vscclient.osc.options import access_options, attributes, consent, description, inspect_options, upload_options

if TYPE_CHECKING:
    from vscclient.images.create import Options

DIFFERENCES = """\
Differences from ``openstack image create``:

* the image is private by default
* the disk format is detected from the file; a wrong ``--disk-format`` is refused
* the minimum disk is the disk's virtual size by default
* the data has to be specified: ``--file``, ``--file -`` for standard input, or ``--no-data``
* the upload is verified; if verification or an earlier step fails, nothing is left behind
* nobody else sees the image before it is verified
* no ``owner_specified`` properties are added, and ``--property`` cannot set a field of the image itself
* ``--volume``, ``--sign-key-path`` and ``--sign-cert-id`` are not available yet: use ``openstack image create``
"""


class CreateImage(ShowOne):
    """Inspect a file, create an image from it, and verify the upload"""

    def get_epilog(self) -> str:
        return "\n".join((DIFFERENCES, super().get_epilog()))

    def get_parser(self, prog_name: str) -> ArgumentParser:
        parser = super().get_parser(prog_name)
        parser.formatter_class = KeepsLines
        parser.add_argument("name", metavar="<image-name>", help="New image name")
        parser.add_argument("--id", metavar="<id>", help="Image ID to reserve")
        for add in (
            attributes.add_formats,
            attributes.add,
            upload_options.add,
            access_options.add,
            access_options.add_share_with,
            description.add,
            description.add_properties,
            consent.add,
            inspect_options.add_no_inspect,
        ):
            add(parser)
        return parser

    def take_action(self, parsed_args: Namespace) -> Columns:
        from vscclient.images import create

        of_image = columns.standard()
        created = create.run(self.cloud, options_of(parsed_args), self.terminal(bar=parsed_args.progress))
        self.failure = created.failure
        return columns.and_ours(of_image(created.image), verified=created.verified, warnings=created.warnings)


def options_of(args: Namespace) -> Options:
    """Return the options of a command line."""
    from vscclient.images.create import Options

    return Options(
        name=args.name,
        image_id=args.id,
        access=access_options.read(args),
        attributes=attributes.read(args),
        description=description.read(args),
        upload=upload_options.read(args),
        inspect_options=inspect_options.read(args),
        consent=consent.read(args),
    )
