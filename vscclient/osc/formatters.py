"""Output that is safe with text of strangers: a terminal obeys none of it, a shell runs none of it."""

from __future__ import annotations

import re
from argparse import Namespace
from collections.abc import Sequence
from enum import StrEnum
from typing import Any, TextIO

from cliff.columns import FormattableColumn
from cliff.formatters.shell import ShellFormatter

from guestinspect.model.printable import printable

_EXACT = ("json", "yaml", "shell")
"""Formats for programs; each of them quotes. All others are for people, and for tools that read lines: their output
reaches a terminal in the end."""


class SafeShellFormatter(ShellFormatter):
    """``-f shell`` whose output is safe to ``eval``.

    cliff's own formatter quotes with ``"``, in which the shell still runs ``$(…)``.
    """

    def emit_one(
        self, column_names: Sequence[str], data: Sequence[Any], stdout: TextIO, parsed_args: Namespace
    ) -> None:
        wanted = parsed_args.variables
        for column, value in zip(column_names, data, strict=True):
            name = column.lower().replace(" ", "_")
            if not wanted or name in wanted:
                variable = "".join(
                    char if char.isascii() and char.isalnum() else "_" for char in parsed_args.prefix + name
                )
                plain = value.machine_readable() if isinstance(value, FormattableColumn) else value
                # Between double quotes, these have a meaning. Source: POSIX, Shell Command Language, 2.2.3.
                quoted = re.sub(r'([\\"$`])', r"\\\1", str(plain))
                stdout.write(f'{variable}="{quoted}"\n')


def safe_formatter(name: str, formatter: Any) -> Any:
    """Return the formatter for ``-f NAME``."""
    return SafeShellFormatter() if name == "shell" else formatter


def shown(value: Any, formatter: str) -> Any:
    """Return a value as it is shown: exact for programs; with visible control characters and line ends for others."""
    value = str(value) if isinstance(value, StrEnum) else value  # YAML's writer knows no such type
    if formatter in _EXACT:
        return value
    if isinstance(value, FormattableColumn):
        if formatter == "table" and getattr(value, "is_safe", False):
            return value
        text = value.human_readable() if formatter == "table" else str(value.machine_readable())
        return value if text.isprintable() else printable(text)
    return printable(value) if isinstance(value, str) and not value.isprintable() else value
