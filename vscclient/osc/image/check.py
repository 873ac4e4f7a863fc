"""``openstack vsc image check``."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from vscclient.model.visibility import Visibility
from vscclient.osc.command import Lister, Rows
from vscclient.osc.help import KeepsLines
from vscclient.osc.options import attributes, consent, description, inspect_options

if TYPE_CHECKING:
    from vscclient.images.check import Checked, Options

COLUMNS = ("Code", "Severity", "Outcome", "Message", "Location", "Fix", "Fix Data", "Waived")
IN_A_TABLE = ("Code", "Severity", "Outcome", "Message")

EPILOG = """\
Exit status: 0 without errors; 3 with an error that ``--waive`` does not lift; 1 if the image or file cannot be found,
or the file is not the data of the image; 2 if the options contradict each other.

With ``--file`` alone, the command does not contact the cloud; rules that need the cloud could not be checked
(``vsc image create --dry-run`` checks them). Describe the image with the options of ``vsc image create``; for an
existing image they override its values.

The table shows four columns: Code, Severity, Outcome, and Message, which also contains the location and the fix.
``-f json``, ``yaml``, ``csv`` and ``value`` show all columns: Code, Severity, Outcome, Message, Location, Fix (a
command, or words), Fix Data (the same for programs), Waived. ``-c`` selects columns.
"""


class CheckImage(Lister):
    """Check an image, or a file before it is uploaded, against the policy for its audience"""

    def get_epilog(self) -> str:
        return "\n".join((EPILOG, super().get_epilog()))

    def get_parser(self, prog_name: str) -> ArgumentParser:
        parser = super().get_parser(prog_name)
        parser.formatter_class = KeepsLines
        parser.add_argument("image", metavar="<image>", nargs="?", help="Image to check (name or ID)")
        parser.add_argument(
            "--file", metavar="<file>", help="File to check, or - for standard input; with an image: its data"
        )
        parser.add_argument(
            "--for",
            dest="visibility",
            choices=[str(visibility) for visibility in Visibility],
            metavar="|".join(Visibility),
            help="Visibility to check for (default: that of the image; a file: private)",
        )
        parser.add_argument("--name", metavar="<name>", help="Name to check instead of the image's own")
        attributes.add_formats(parser, for_new_images=True)
        attributes.add(parser, for_new_images=True)
        consent.add_waivers(parser, "Report errors of this rule as warnings, as the other commands do with this option")
        for add in (
            description.add,
            description.add_properties,
            consent.add_policy,
            inspect_options.add_download_and_cache,
            inspect_options.add_no_inspect,
        ):
            add(parser)
        return parser

    def take_action(self, parsed_args: Namespace) -> Rows:
        from vscclient.images import check

        checked = check.run(self.cloud, options_of(parsed_args), self.terminal())
        self.failure = checked.failure
        self._summary = f"{checked.label} as a {checked.audience} image: {checked.report.counts or 'fine'}."
        return COLUMNS, _rows(checked, parsed_args)

    def produce_output(self, parsed_args: Namespace, column_names: Sequence[str], data: Iterable[Sequence[Any]]) -> int:
        """Write the findings to stdout; in a table, each is a sentence, and the table fits the terminal."""
        if parsed_args.formatter not in ("json", "yaml"):
            data = [(*row[:6], json.dumps(row[6]), *row[7:]) for row in data]
        if parsed_args.formatter == "table":
            parsed_args.fit_width = True
            if not parsed_args.columns:
                column_names, data = IN_A_TABLE, _table_rows(data)
        status = super().produce_output(parsed_args, column_names, data)
        if not self.failure:  # a failure has the same numbers
            self.terminal().say(self._summary)
        return status


def options_of(args: Namespace) -> Options:
    """Return the options of a command line."""
    from vscclient.images.check import Options

    return Options(
        image=args.image,
        file=args.file,
        visibility=Visibility(args.visibility) if args.visibility else None,
        name=args.name,
        attributes=attributes.read(args),
        description=description.read(args),
        inspect_options=inspect_options.read(args),
        consent=consent.read(args),
    )


def _rows(checked: Checked, args: Namespace) -> list[Sequence[Any]]:
    from vscclient.model.fix import to_data
    from vscclient.osc.fix_commands.commands import Names, command

    names = Names.of(args.image, args.file)
    return [
        (
            finding.code,
            finding.severity,
            finding.outcome,
            finding.sentence,
            finding.location,
            command(finding.fix, finding.code, names),
            to_data(finding.fix),
            checked.is_waived(finding),
        )
        for finding in checked.report.findings
    ]


def _table_rows(rows: Iterable[Sequence[Any]]) -> list[Sequence[Any]]:
    """Return rows whose message is a sentence with everything; rules that one reason keeps from a check share a row."""
    joined: dict[tuple[Any, ...], Sequence[Any]] = {}
    for row in rows:
        code, severity, outcome, message = row[:4]
        is_alone = outcome != "unknown"
        key = (code, severity, outcome, *row[3:6]) if is_alone else (severity, message, row[-1])
        before = joined.get(key)
        joined[key] = (f"{before[0]}, {code}", *row[1:]) if before and not is_alone else row
    table: list[Sequence[Any]] = []
    for code, severity, outcome, message, location, fix, _, waived in joined.values():
        where = (f" ({location})" if location else "") + (" (waived)" if waived else "")
        table.append((code, severity, outcome, f"{message}{where}" + (f". Fix: {fix}" if fix else "")))
    return table
