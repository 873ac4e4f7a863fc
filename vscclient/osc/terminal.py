"""The user's terminal, on stderr: sentences, findings, questions, progress. stdout belongs to the result."""

from __future__ import annotations

import os
import sys
from contextlib import AbstractContextManager, nullcontext, suppress
from typing import TYPE_CHECKING, TextIO

from guestinspect.model.printable import printable
from vscclient.model.terminal import Progress, SilentProgress

if TYPE_CHECKING:  # its dataclasses cost every openstack some milliseconds
    from vscclient.model.finding import Report


class TolerantStream:
    """A stream whose reader may go away: a closed terminal must not end an upload that runs under ``nohup``."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Writes it, if there is still somebody to read it."""
        try:
            self._stream.write(text)
        except (OSError, ValueError):
            self._give_up()
        return len(text)

    def flush(self) -> None:
        """Flushes it, likewise."""
        try:
            self._stream.flush()
        except (OSError, ValueError):
            self._give_up()

    def _give_up(self) -> None:
        """Sends what is still buffered to nowhere: Python would try again at its end, and leave with status 120.

        Source: Python, ``signal``, «Note on SIGPIPE».
        """
        with suppress(OSError, ValueError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self._stream.fileno())
            os.close(nowhere)

    def isatty(self) -> bool:
        """Whether a person reads it; not, once it is closed."""
        with suppress(OSError, ValueError):
            return self._stream.isatty()
        return False

    def fileno(self) -> int:
        """Its file descriptor, for the width of the terminal."""
        return self._stream.fileno()

    @property
    def encoding(self) -> str:
        """What it can show."""
        return getattr(self._stream, "encoding", None) or "utf-8"


class OscTerminal:
    """Talks to the user of ``openstack``.

    Args:
        stderr: Where to write; None where it was closed at the start (``2>&-``).
        quiet: Only what is wrong is said (``-q``).
        bar: A progress bar is wanted, or not; None: on a terminal.
    """

    def __init__(self, stderr: TextIO | None, *, quiet: bool, bar: bool | None) -> None:
        self._stderr = TolerantStream(stderr or open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
        self._quiet = quiet
        self._bar = self._stderr.isatty() if bar is None else bar

    def say(self, sentence: str) -> None:
        """One sentence; nothing when it is empty, or with ``-q``."""
        if sentence and not self._quiet:
            self._write(printable(sentence))

    def findings(self, report: Report) -> None:
        """Warnings and errors, what mends each, and a line that counts them."""
        from vscclient.osc.findings import told

        for line in told(report):
            self._write(line)

    def confirm(self, question: str) -> bool:
        """Asks; no where nobody can answer."""
        if not (sys.stdin.isatty() and self._stderr.isatty()):
            return False
        self._stderr.write(f"{printable(question)} [y/N] ")
        self._stderr.flush()
        try:
            return sys.stdin.readline().strip().lower() in ("y", "yes")
        except KeyboardInterrupt:
            self._stderr.write("\n")  # what the shell says next begins on a line of its own
            raise

    def progress(self, doing: str, total_bytes: int | None) -> AbstractContextManager[Progress]:
        """A bar on a terminal, lines without one, nothing with ``-q``."""
        from vscclient.osc.progress import bar, lines

        if self._quiet:
            return nullcontext(SilentProgress())
        if self._bar:
            return bar(self._stderr, doing, total_bytes)
        return lines(self._write, doing, total_bytes)

    def count(self, doing: str, total: int) -> AbstractContextManager[Progress]:
        """A bar on a terminal, nothing elsewhere."""
        from vscclient.osc.progress import counter

        return counter(self._stderr, doing, total) if self._bar and not self._quiet else nullcontext(SilentProgress())

    def _write(self, text: str) -> None:
        self._stderr.write("".join(f"{printable(line)}\n" for line in text.splitlines()))
        self._stderr.flush()
