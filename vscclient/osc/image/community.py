"""``openstack vsc image community``."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from vscclient.model.visibility import Visibility
from vscclient.osc.command import Command
from vscclient.osc.options import agreement, consent, form, inspect_options, protection, size


class CommunityImage(Command):
    """Offer an image to everybody on the cloud, as a community image"""

    def get_parser(self, prog_name: str) -> ArgumentParser:
        parser = super().get_parser(prog_name)
        parser.add_argument("image", metavar="<image>", help="Image to publish (name or ID)")
        parser.add_argument("--name", metavar="<name>", help="New image name")
        for group in (size, protection, form, inspect_options, consent, agreement):
            group.add(parser)
        return parser

    def take_action(self, parsed_args: Namespace) -> None:
        from vscclient.images import update

        options = update.Options(
            image=parsed_args.image,
            name=parsed_args.name,
            visibility=Visibility.COMMUNITY,
            form=update.Form(**form.read(parsed_args)),
            inspect_options=update.InspectOptions(**inspect_options.read(parsed_args)),
            consent=update.Consent(**consent.read(parsed_args)),
            **size.read(parsed_args),
            **protection.read(parsed_args),
        )
        update.run(self.cloud, options, self.terminal())
