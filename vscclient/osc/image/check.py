"""``openstack vsc image check``."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Sequence
from typing import Any

from vscclient.model.visibility import Visibility
from vscclient.osc.command import Lister, Rows
from vscclient.osc.help import KeepsLines
from vscclient.osc.options import form, formats, inspect_options, policy, properties, protection, size, waivers

COLUMNS = ("Code", "Severity", "Outcome", "Message", "Location", "Fix", "Waived")
IN_A_TABLE = ("Code", "Severity", "Outcome", "Message")

EPILOG = """\
Exit status: 0 when nothing stands against it; 3 when something does (an error that ``--waive`` does not lift); 1 when
there is no such image or file, or the file is not the data of the image; 2 when the options make no sense.

With ``--file`` alone no cloud is asked and nobody signs in. What the image would say of itself is said by the same
options as those of ``vsc image create``; for an image, they mean: as if it said this.

A table is for reading: it has four columns. ``-f json``, ``yaml``, ``csv`` and ``value`` have all of them: Code,
Severity, Outcome, Message, Location, Fix, Waived. ``-c`` chooses.
"""


class CheckImage(Lister):
    """Check an image, or a file before it is one, for those whom it is for"""

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
            help="Whom it would be for (default: as the image is; a file: private)",
        )
        parser.add_argument("--name", metavar="<name>", help="As if it had this name")
        for group in (form, formats, size, protection, properties, waivers, policy):
            group.add(parser)
        inspect_options.add_ways(parser)
        inspect_options.add_refusal(parser)
        return parser

    def take_action(self, parsed_args: Namespace) -> Rows:
        from vscclient.images import check

        groups = (formats, size, protection, properties)
        said = {field: value for group in groups for field, value in group.read(parsed_args).items()}
        options = check.Options(
            image=parsed_args.image,
            file=parsed_args.file,
            visibility=Visibility(parsed_args.visibility) if parsed_args.visibility else None,
            name=parsed_args.name,
            form=check.Form(**form.read(parsed_args)),
            inspect_options=check.InspectOptions(**inspect_options.read_ways(parsed_args)),
            consent=check.Consent(**waivers.read(parsed_args), **policy.read(parsed_args)),
            **said,
        )
        terminal = self.terminal()
        checked = check.run(self.cloud, options, terminal)
        self.afterwards = checked.failure
        if not self.afterwards:
            terminal.say(f"{checked.label} as a {checked.audience} image: {checked.report.in_words or 'fine'}.")
        rows = [
            (one.code, one.severity, one.outcome, one.message, one.location, one.fix, checked.is_waived(one))
            for one in checked.report.findings
        ]
        return COLUMNS, rows

    def produce_output(self, parsed_args: Namespace, column_names: Sequence[str], data: Iterable[Sequence[Any]]) -> int:
        """Writes the findings to stdout; in a table, one is a sentence, and it fits the terminal."""
        if parsed_args.formatter == "table":
            parsed_args.fit_width = True
            if not parsed_args.columns:
                column_names, data = IN_A_TABLE, [(*row[:3], _sentence(row)) for row in _joined(data)]
        return super().produce_output(parsed_args, column_names, data)


def _joined(rows: Iterable[Sequence[Any]]) -> list[Sequence[Any]]:
    """The rows, with one for all that could not be judged for the same reason and weighs the same."""
    joined: dict[tuple[Any, ...], Sequence[Any]] = {}
    for row in rows:
        code, severity, outcome, message = row[:4]
        is_alone = outcome != "unknown"
        key = (code, *row[1:]) if is_alone else (severity, message, row[-1])
        before = joined.get(key)
        joined[key] = (f"{before[0]}, {code}", *row[1:]) if before and not is_alone else row
    return list(joined.values())


def _sentence(row: Sequence[Any]) -> str:
    """What is wrong, where, and what mends it."""
    message, location, fix, waived = row[3:]
    where = f" ({location})" if location else ""
    return f"{message}{where}" + (" (waived)" if waived else "") + (f". Fix: {fix}" if fix else "")
