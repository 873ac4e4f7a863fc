"""``openstack vsc image property show``."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from osc_lib.cli.format_columns import ListColumn

from vscclient.osc.command import Columns, ShowOne
from vscclient.osc.options import property_options

if TYPE_CHECKING:
    from vscclient.osc.inspection import PrintableColumn


class ShowProperty(ShowOne):
    """Display a property that an image can have: its type, its values, and its purpose"""

    def get_parser(self, prog_name: str) -> ArgumentParser:
        parser = super().get_parser(prog_name)
        parser.add_argument("key", metavar="<key>", help="Name of the property, such as hw_disk_bus")
        property_options.add_no_cache(parser)
        return parser

    def take_action(self, parsed_args: Namespace) -> Columns:
        from vscclient.images import properties

        options = properties.Options(cache=parsed_args.cache)
        found = properties.one_property(self.cloud, parsed_args.key, options, self.terminal())
        columns = {
            "default": found.first_text("default"),
            "description": found.first_text("description"),
            "key": found.key,
            "maximum": _shown(found.limit("maximum")),
            "minimum": _shown(found.limit("minimum")),
            "namespaces": ListColumn(list(found.namespaces)),
            "title": found.first_text("title"),
            "type": str(found.main.type) if found.main else "",
            "values": ListColumn(list(found.values)),
        }
        return list(columns), list(columns.values())


def _shown(limit: float | None) -> PrintableColumn:
    """Return a limit; in a table, nothing if there is none."""
    from vscclient.osc.inspection import PrintableColumn

    return PrintableColumn(limit, [] if limit is None else [f"{limit:g}"])
