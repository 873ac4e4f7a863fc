"""``openstack vsc image property list``."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from textwrap import shorten
from typing import TYPE_CHECKING

from osc_lib.cli.format_columns import ListColumn

from vscclient.osc.command import Lister, Rows
from vscclient.osc.options import property_options

if TYPE_CHECKING:
    from vscclient.images.properties import Options, Property
    from vscclient.osc.inspection import PrintableColumn

_WIDTH = 70
"""The longest text of the values in a table, in characters."""

COLUMNS = ("Property", "Type", "Values", "Default", "Namespaces")


class ListProperty(Lister):
    """List the properties that an image can have, and the values of each.

    These are the properties that Nova reads, those of the VSC, and those of the cloud's catalogue of metadata
    definitions.
    """

    def get_parser(self, prog_name: str) -> ArgumentParser:
        parser = super().get_parser(prog_name)
        parser.add_argument(
            "--namespace", metavar="<namespace>", help="List only the properties of this namespace, such as VSC::Image"
        )
        parser.add_argument(
            "--search",
            metavar="<word>",
            default=[],
            action="append",
            help="List only properties whose name, description or values contain this word (repeat option for several)",
        )
        parser.add_argument(
            "--used",
            action="store_true",
            help="List only properties of images of your project, with the number of images for each value",
        )
        property_options.add_no_cache(parser)
        return parser

    def take_action(self, parsed_args: Namespace) -> Rows:
        from vscclient.images import properties

        found = properties.all_properties(self.cloud, options_of(parsed_args), self.terminal())
        rows = [
            (
                one.key,
                str(one.main.type) if one.main else "",
                _values(one),
                one.first_text("default"),
                ListColumn(list(one.namespaces)),
                *([_uses(one)] if parsed_args.used else []),
            )
            for one in found
        ]
        return (*COLUMNS, "Used") if parsed_args.used else COLUMNS, rows


def _values(one: Property) -> PrintableColumn:
    """Return the values; in a table only as many as fit: ``property show`` displays all."""
    from vscclient.osc.inspection import PrintableColumn

    text = ", ".join(one.values)
    return PrintableColumn(list(one.values), [shorten(text, _WIDTH, placeholder=" …")] if text else [])


def _uses(one: Property) -> PrintableColumn:
    from vscclient.osc.inspection import PrintableColumn

    return PrintableColumn(dict(one.uses), [f"{value or '(empty)'} ({count})" for value, count in one.uses.items()])


def options_of(args: Namespace) -> Options:
    """Return the options of a command line."""
    from vscclient.images.properties import Options

    return Options(namespace=args.namespace, search=tuple(args.search), used=args.used, cache=args.cache)
