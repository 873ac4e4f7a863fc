"""Output that is safe with text of strangers: a terminal obeys none of it, a shell runs none of it."""

from __future__ import annotations

import re
import sys
from argparse import Namespace
from collections.abc import Iterable, Sequence
from typing import Any, TextIO

from cliff.columns import FormattableColumn
from cliff.formatters.shell import ShellFormatter
from cliff.formatters.yaml_format import YAMLFormatter

from guestinspect.model.printable import printable


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
                stdout.write(f"{_assignment(variable, str(_plain(value)), stdout.encoding or 'utf-8')}\n")


def _assignment(variable: str, value: str, encoding: str) -> str:
    """Return a line that gives a variable this value, in each shell of POSIX.

    A value that a terminal would obey, that has several lines, or characters that the encoding of the output lacks, is
    written in the octal digits of ``printf``. The shell removes line ends at the end of its output, so an ``x`` follows
    and is removed again.
    Source: POSIX, Shell Command Language, 2.2.3 and 2.6.3; ``printf``.
    """
    if printable(value) == value and value == value.encode(encoding, "ignore").decode(encoding):
        quoted = re.sub(r'([\\"$`])', r"\\\1", value)  # between double quotes, these have a meaning
        return f'{variable}="{quoted}"'
    digits = "".join(
        char if char.isascii() and char.isprintable() and char not in "'%\\-" else _octal(char) for char in value
    )
    return f"""{variable}="$(printf '{digits}x')"; {variable}="${{{variable}%x}}\""""


def _octal(char: str) -> str:
    is_byte = "\udc80" <= char <= "\udcff"  # of a file name that is not UTF-8
    return "".join(f"\\{byte:03o}" for byte in char.encode("utf-8", "surrogateescape" if is_byte else "surrogatepass"))


class SafeYamlFormatter(YAMLFormatter):
    """``-f yaml`` in which each text is on one line.

    cliff's own formatter writes a line end as a line end, and folds a long text at any space.
    """

    def emit_one(
        self,
        column_names: Sequence[str],
        data: Sequence[Any],
        stdout: TextIO,
        parsed_args: Namespace,  # noqa: ARG002  # as cliff wants it
    ) -> None:
        for name, value in zip(column_names, data, strict=True):
            _dump_yaml({name: _plain(value)}, stdout)

    def emit_list(
        self,
        column_names: Sequence[str],
        data: Iterable[Sequence[Any]],
        stdout: TextIO,
        parsed_args: Namespace,  # noqa: ARG002  # as cliff wants it
    ) -> None:
        rows = [{name: _plain(value) for name, value in zip(column_names, row, strict=True)} for row in data]
        _dump_yaml(rows, stdout)


def _dump_yaml(value: Any, stdout: TextIO) -> None:
    import yaml  # slow

    class Dumper(yaml.SafeDumper):
        """Writes a text with line ends between double quotes, where they are escapes."""

    def represent(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
        return dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"' if "\n" in text else None)

    Dumper.add_representer(str, represent)
    yaml.dump(value, stdout, Dumper, default_flow_style=False, width=sys.maxsize)


def _plain(value: Any) -> Any:
    return value.machine_readable() if isinstance(value, FormattableColumn) else value


FORMATTERS: dict[str, type[Any]] = {"shell": SafeShellFormatter, "yaml": SafeYamlFormatter}
"""The formatters that replace cliff's for ``-f NAME``."""
