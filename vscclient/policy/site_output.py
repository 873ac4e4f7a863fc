"""The output of a site's rules, as lines of the log."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from contextvars import ContextVar
from textwrap import shorten
from threading import Lock

LOG = logging.getLogger(__name__)

_LIMIT = 200
"""The longest text that is shown, in characters."""

_printed: ContextVar[io.StringIO | None] = ContextVar("_printed", default=None)
"""What the site's code that runs in this thread prints."""


class _Sink(io.TextIOBase):
    """Stands for standard output and error while a site's code runs in at least one thread."""

    def __init__(self) -> None:
        self._lock, self._users, self._streams = Lock(), 0, ExitStack()

    def write(self, text: str) -> int:
        if (printed := _printed.get()) is not None and printed.tell() <= _LIMIT:
            printed.write(text)
        return len(text)

    def start(self) -> None:
        with self._lock:
            if not self._users:
                self._streams.enter_context(redirect_stdout(self))
                self._streams.enter_context(redirect_stderr(self))
            self._users += 1

    def stop(self) -> None:
        with self._lock:
            self._users -= 1
            if not self._users:
                self._streams.close()


_SINK = _Sink()


@contextmanager
def output_as_log(name: str) -> Iterator[None]:
    """Log what a site's code prints, which would stand in the middle of a result (``-f json``)."""
    printed = io.StringIO()
    token = _printed.set(printed)
    _SINK.start()
    try:
        yield
    finally:
        _SINK.stop()
        _printed.reset(token)
        if text := printed.getvalue().strip():
            LOG.info("The %s printed: %s", name, shorten(text, _LIMIT, placeholder=" …"))
