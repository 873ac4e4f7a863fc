"""Logs that are safe to look at: no text of a stranger makes a line, nor moves the cursor."""

from __future__ import annotations

import logging
import traceback

from guestinspect.model.printable import escape_unencodable, printable

LINES = {"has_lines": True}
"""``extra`` of a record whose message consists of safe lines: that of one of our errors."""


class _SafeFilter(logging.Filter):
    """Makes a message one line, and indents a traceback, so that its lines look like nothing else.

    It changes the records of all loggers: with ``--debug``, keystoneauth writes headers and bodies of answers. It drops
    a warning of ours that was shown before: a command may meet its cause many times.
    """

    def __init__(self) -> None:
        super().__init__()
        self._shown: set[str] = set()

    def filter(self, record: logging.LogRecord) -> bool:
        lines = record.getMessage().split("\n") if hasattr(record, "has_lines") else [record.getMessage()]
        record.msg, record.args = "\n".join(map(printable, lines)), None
        if record.exc_info and record.exc_info[1]:
            lines = "".join(traceback.format_exception(record.exc_info[1])).rstrip("\n").split("\n")
            record.exc_text = "\n".join(f"  {printable(line)}" for line in lines)
        if record.levelno != logging.WARNING or not record.name.startswith("vscclient."):
            return True
        is_new = record.msg not in self._shown
        self._shown.add(record.msg)
        return is_new


def make_logs_safe() -> list[tuple[logging.Handler, logging.Filter]]:
    """Make all records safe to look at, and show each warning of ours once; return the filters, to be removed.

    A handler that signing in adds, for ``log_file`` of clouds.yaml, gets a record after those that are there already.
    Source: osc-lib, ``LogConfigurator.configure``.
    """
    filters: list[tuple[logging.Handler, logging.Filter]] = []
    for handler in logging.getLogger().handlers:
        escape_unencodable(getattr(handler, "stream", None))  # also that of --log-file
        filters.append((handler, _SafeFilter()))
        handler.addFilter(filters[-1][1])
    return filters
