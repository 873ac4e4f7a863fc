"""``openstack vsc image show``."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from vscclient.osc import columns
from vscclient.osc.command import Columns, ShowOne


class ShowImage(ShowOne):
    """Display image details"""

    def get_parser(self, prog_name: str) -> ArgumentParser:
        parser = super().get_parser(prog_name)
        parser.add_argument("image", metavar="<image>", help="Image to display (name or ID)")
        parser.add_argument(
            "--human-readable", action="store_true", help="Print image size in a human-friendly format."
        )
        return parser

    def take_action(self, parsed_args: Namespace) -> Columns:
        from vscclient.images import show

        of_image, cloud = columns.standard(), self.cloud
        image = show.run(cloud, parsed_args.image)
        cloud.keep_name_of(image, parsed_args.image)
        image_columns = of_image(image)
        return columns.human_readable(image_columns) if parsed_args.human_readable else image_columns
