"""The user's terminal, on stderr: messages, findings, questions, progress. stdout belongs to the result."""

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
    """A stream whose reader may go away: closing the terminal must not end an upload that runs under ``nohup``."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write the text, if somebody can still read it."""
        try:
            self._stream.write(text)
        except (OSError, ValueError):
            self._give_up()
        return len(text)

    def flush(self) -> None:
        """Flush the stream, if somebody can still read it."""
        try:
            self._stream.flush()
        except (OSError, ValueError):
            self._give_up()

    def _give_up(self) -> None:
        """Discard what is still buffered: Python would write it at its end, and exit with status 120.

        Source: Python, ``signal``, «Note on SIGPIPE».
        """
        with suppress(OSError, ValueError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self._stream.fileno())
            os.close(nowhere)

    def isatty(self) -> bool:
        """Check whether a person reads it; False once it is closed."""
        with suppress(OSError, ValueError):
            return self._stream.isatty()
        return False

    def fileno(self) -> int:
        """Return its file descriptor, for the width of the terminal."""
        return self._stream.fileno()

    @property
    def encoding(self) -> str:
        """The encoding of the text that it can show."""
        return getattr(self._stream, "encoding", None) or "utf-8"


class OscTerminal:
    """Shows messages to the user of ``openstack``.

    Args:
        stderr: The stream to write to; None if it was closed at the start (``2>&-``).
        quiet: Show only errors and warnings (``-q``).
        bar: Whether to show a progress bar; None: if there is a terminal.
        image: The user's word for the image, for commands that fix a finding; None: the command makes the image.
        file: The user's word for the file of its data; None: the user named no file.
    """

    def __init__(
        self,
        stderr: TextIO | None,
        *,
        quiet: bool,
        bar: bool | None,
        image: str | None = None,
        file: str | None = None,
    ) -> None:
        self._image, self._file = image, file
        self._stderr = TolerantStream(stderr or open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 - open until the process ends
        self._quiet = quiet
        self._bar = self._stderr.isatty() if bar is None else bar

    def say(self, sentence: str) -> None:
        """Show a message; nothing if it is empty, or with ``-q``."""
        if sentence and not self._quiet:
            self._write(sentence)

    def findings(self, report: Report) -> None:
        """Show warnings and errors, the fix of each, and a line that counts them."""
        if not report.findings:
            return
        from vscclient.osc.findings import lines
        from vscclient.osc.fix_commands.commands import Names

        for line in lines(report, Names.of(self._image, self._file)):
            self._write(*line.split("\n"))

    def confirm(self, question: str) -> bool:
        """Ask the user; return False if nobody can answer."""
        if not (sys.stdin.isatty() and self._stderr.isatty()):
            return False
        self._stderr.write(f"{printable(question)} [y/N] ")
        self._stderr.flush()
        try:
            return sys.stdin.readline().strip().lower() in ("y", "yes")
        except KeyboardInterrupt:
            self._stderr.write("\n")  # the shell's prompt begins on a new line
            raise

    def progress(self, doing: str, total_bytes: int | None) -> AbstractContextManager[Progress]:
        """Show a bar on a terminal, lines elsewhere, nothing with ``-q``."""
        from vscclient.osc.progress import bar, lines

        if self._quiet:
            return nullcontext(SilentProgress())
        if self._bar:
            return bar(self._stderr, doing, total_bytes)
        return lines(self._write, doing, total_bytes)

    def count(self, doing: str, total: int) -> AbstractContextManager[Progress]:
        """Show a bar on a terminal, nothing elsewhere."""
        from vscclient.osc.progress import counter

        return counter(self._stderr, doing, total) if self._bar and not self._quiet else nullcontext(SilentProgress())

    def _write(self, *lines: str) -> None:
        self._stderr.write("".join(f"{printable(line)}\n" for line in lines))
        self._stderr.flush()
