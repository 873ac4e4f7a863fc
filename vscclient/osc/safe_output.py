"""Values and logs that are safe to look at: no text of a stranger makes a line, nor moves the cursor."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Any

from cliff.columns import FormattableColumn

from guestinspect.model.printable import printable

_EXACT = ("json", "yaml", "shell")
"""Formats for programs; each of them quotes. All others are for people, and for tools that read lines: their output
reaches a terminal in the end."""

LINES = {"has_lines": True}
"""``extra`` of a record whose message consists of safe lines: that of one of our errors."""


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


class _SafeRecord(logging.LogRecord):
    """A record whose message is one line; a traceback is indented, so that its lines look like nothing else.

    All loggers make it: with ``--debug``, keystoneauth writes headers and bodies of answers.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.exc_info and self.exc_info[1]:
            lines = "".join(traceback.format_exception(self.exc_info[1])).rstrip("\n").split("\n")
            self.exc_text = "\n".join(f"  {printable(line)}" for line in lines)

    def getMessage(self) -> str:
        message = super().getMessage()
        if getattr(self, "has_lines", False):
            return "\n".join(printable(line) for line in message.split("\n"))
        return printable(message)


class _OnceFilter(logging.Filter):
    """Drops a warning of ours that was shown before: a command may meet its cause many times."""

    def __init__(self) -> None:
        super().__init__()
        self._shown: set[str] = set()

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno != logging.WARNING or not record.name.startswith("vscclient."):
            return True
        message = record.getMessage()
        is_new = message not in self._shown
        self._shown.add(message)
        return is_new


@contextmanager
def safe_logs() -> Iterator[None]:
    """Make all records of the context safe to look at, and show each warning of ours once."""
    factory = logging.getLogRecordFactory()
    filters = [(handler, _OnceFilter()) for handler in logging.getLogger().handlers]
    logging.setLogRecordFactory(_SafeRecord)
    for handler, once in filters:
        handler.addFilter(once)
    try:
        yield
    finally:
        logging.setLogRecordFactory(factory)
        for handler, once in filters:
            handler.removeFilter(once)
