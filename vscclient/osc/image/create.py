"""``openstack vsc image create``."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from vscclient.osc import columns
from vscclient.osc.command import Columns, ShowOne
from vscclient.osc.help import KeepsLines
from vscclient.osc.options import (
    consent,
    data,
    form,
    formats,
    inspect_options,
    owner,
    properties,
    protection,
    size,
    visibility,
)

DIFFERENCES = """\
Where it differs from ``openstack image create``:

* the image is private unless you say otherwise
* the disk format is found out from the file; a wrong ``--disk-format`` is refused
* the minimum disk is the disk's virtual size, unless you say more
* the data has to be named: ``--file``, ``--file -`` for standard input, or ``--no-data``
* what arrived is compared with what was sent, and whatever fails before that leaves nothing behind
* nobody else sees the image before that
* no ``owner_specified`` properties are added, and ``--property`` cannot set a field of the image itself
* ``--volume``, ``--sign-key-path`` and ``--sign-cert-id`` are not there yet: use ``openstack image create``
"""


class CreateImage(ShowOne):
    """Create an image from a file, verified and described, after a look at the file"""

    def get_epilog(self) -> str:
        return "\n".join((DIFFERENCES, super().get_epilog()))

    def get_parser(self, prog_name: str) -> ArgumentParser:
        parser = super().get_parser(prog_name)
        parser.formatter_class = KeepsLines
        parser.add_argument("name", metavar="<image-name>", help="New image name")
        parser.add_argument("--id", metavar="<id>", help="Image ID to reserve")
        for group in (owner, formats, size, data, protection, visibility, properties, form, consent):
            group.add(parser)
        parser.add_argument(
            "--share-with",
            metavar="<project>",
            action="append",
            help="Share the image with this project (name of one of yours, or ID; repeat option for several)",
        )
        inspect_options.add_refusal(parser)
        parser.set_defaults(container_format="bare")
        return parser

    def take_action(self, parsed_args: Namespace) -> Columns:
        from vscclient.images import create

        groups = (owner, formats, size, data, protection, visibility, properties)
        options = create.Options(
            name=parsed_args.name,
            image_id=parsed_args.id,
            share_with=tuple(parsed_args.share_with or ()),
            form=create.Form(**form.read(parsed_args)),
            inspect_options=create.InspectOptions(**inspect_options.read_ways(parsed_args)),
            consent=create.Consent(**consent.read(parsed_args)),
            **{field: value for group in groups for field, value in group.read(parsed_args).items()},
        )
        of_image = columns.standard()
        created = create.run(self.cloud, options, self.terminal(bar=parsed_args.progress))
        self.afterwards = created.failure
        return columns.and_ours(of_image(created.image), verified=created.verified, warnings=created.warnings)
