"""``openstack vsc image create``."""

from __future__ import annotations

import re
from argparse import ArgumentParser, ArgumentTypeError, BooleanOptionalAction, Namespace
from typing import TYPE_CHECKING

from vscclient.osc import columns
from vscclient.osc.command import Columns, ShowOne
from vscclient.osc.help import KeepsLines
from vscclient.osc.options import access_options, attributes, consent, description, inspect_options

if TYPE_CHECKING:
    from vscclient.images.create import Options

MAX_SIZE_BYTES = 2**63 - 1
"""The most data of an image. Source: Glance, ``db/sqlalchemy/models.py``: ``size`` is a ``BigInteger``."""

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
        attributes.add_formats(parser, for_new_images=True)
        attributes.add(parser, for_new_images=True)
        add_upload(parser)
        access_options.add(parser, for_new_images=True)
        for add in (
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


def add_upload(parser: ArgumentParser) -> None:
    """Add ``--file``, ``--no-data``, ``--size``, ``--import`` and ``--progress``."""
    source = parser.add_mutually_exclusive_group()
    source.add_argument(
        "--file",
        dest="file",
        metavar="<file>",
        help="Upload image from local file, block device, or standard input (-)",
    )
    source.add_argument("--no-data", action="store_true", help="Create the record only; the data is sent later")
    parser.add_argument(
        "--size",
        metavar="<size>",
        type=attributes.whole_number(MAX_SIZE_BYTES, smallest=1),
        help="Expected size of the data in bytes (lets uploads from standard input show their progress)",
    )
    parser.add_argument(
        "--import",
        dest="use_import",
        action="store_true",
        help="Use image import instead of direct upload, and wait until it is finished",
    )
    parser.add_argument(
        "--timeout",
        metavar="<seconds>",
        type=_seconds,
        help="End the upload if the cloud accepts no data for this time (default: 300); a slow upload goes on",
    )
    parser.add_argument(
        "--progress",
        action=BooleanOptionalAction,
        help="Show a progress bar on standard error, or lines instead (default: a bar on a terminal)",
    )


def options_of(args: Namespace) -> Options:
    """Return the options of a command line."""
    from vscclient.images.create import InspectOptions, Options, UploadOptions

    return Options(
        name=args.name,
        image_id=args.id,
        access=access_options.read(args),
        attributes=attributes.read(args),
        description=description.read(args),
        upload=UploadOptions(
            file=args.file,
            no_data=args.no_data,
            size_bytes=args.size,
            use_import=args.use_import,
            timeout_s=args.timeout,
        ),
        inspect_options=InspectOptions(inspect=args.inspect),
        consent=consent.read(args),
    )


def _seconds(text: str) -> float:
    seconds = float(text) if re.fullmatch(r"\d{1,9}(\.\d+)?", text) else 0.0
    if not seconds:
        raise ArgumentTypeError(f"'{text}' is not a number of seconds above 0")
    return seconds
