"""Output in the format of a site's policy file."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from typing import Any


class YamlIsAPolicyFile:
    """For commands that show rules: ``-f yaml`` writes what ``--policy`` reads."""

    app: Any
    as_policy_file: str
    """The same as a file; ``take_action`` knows it."""

    def produce_output(self, parsed_args: Namespace, column_names: Sequence[str], data: Any) -> int:
        """Writes the result to stdout."""
        if parsed_args.formatter != "yaml":
            return int(super().produce_output(parsed_args, column_names, data) or 0)  # type: ignore[misc]  # cliff's, which stands behind
        if self.app.stdout is not None:  # closed at the start: >&-
            self.app.stdout.write(self.as_policy_file)
        return 0
