"""The option ``--as-policy-file`` of the commands that show rules."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from typing import Any


class PolicyFileOutput:
    """A mixin for commands that show rules: ``--as-policy-file`` writes the file that ``--policy`` reads."""

    app: Any
    as_policy_file: str
    """The rules as a policy file; ``take_action`` sets it."""

    def get_parser(self, prog_name: str) -> ArgumentParser:
        parser: ArgumentParser = super().get_parser(prog_name)  # type: ignore[misc]  # cliff's, further down the MRO
        parser.add_argument(
            "--as-policy-file",
            action="store_true",
            help="Write a policy file, for --policy to read, instead of a table; -f is ignored",
        )
        return parser

    def produce_output(self, parsed_args: Namespace, column_names: Sequence[str], data: Any) -> int:
        """Write the result to stdout."""
        if not parsed_args.as_policy_file:
            return int(super().produce_output(parsed_args, column_names, data) or 0)  # type: ignore[misc]  # cliff's, too
        if self.app.stdout is not None:  # closed at the start: >&-
            self.app.stdout.write(self.as_policy_file)
        return 0
