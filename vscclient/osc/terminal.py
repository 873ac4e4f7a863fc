"""The user's terminal, on stderr: messages, findings, questions, progress. stdout belongs to the result."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from typing import TYPE_CHECKING, Any, TextIO

from guestinspect.model.printable import printable
from vscclient.model.amount import format_size
from vscclient.model.terminal import Progress, SilentProgress

if TYPE_CHECKING:  # dataclasses cost every openstack some milliseconds, rich a tenth of a second
    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID

    from vscclient.model.finding import Report

_LINE_EVERY_S = 60.0
_LINE_EVERY_PERCENT = 10
_WIDE_COLUMNS = 72  # the width of all columns of the bar
_AT_MOST_EVERY_S = 1.0  # else a fast upload would write ten lines at once


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
        if self._quiet:
            return nullcontext(SilentProgress())
        if self._bar:
            return bar(self._stderr, doing, total_bytes)
        return lines(self._write, doing, total_bytes)

    def count(self, doing: str, total: int) -> AbstractContextManager[Progress]:
        """Show a bar on a terminal, nothing elsewhere."""
        return counter(self._stderr, doing, total) if self._bar and not self._quiet else nullcontext(SilentProgress())

    def _write(self, *lines: str) -> None:
        self._stderr.write("".join(f"{printable(line)}\n" for line in lines))
        self._stderr.flush()


@contextmanager
def bar(stderr: Any, doing: str, total_bytes: int | None) -> Iterator[Progress]:
    """Show a progress bar of bytes, which disappears when the work is done."""
    from rich import progress as rich
    from rich.console import Console

    console = Console(file=stderr, force_terminal=True)
    percentage_or_bytes = (
        rich.TextColumn("{task.percentage:.0f} %") if total_bytes else rich.DownloadColumn(binary_units=True)
    )
    narrow = (rich.TextColumn("{task.description}"), percentage_or_bytes)
    wide = (
        rich.SpinnerColumn(
            "line" if console.options.ascii_only else "dots"
        ),  # moves while the cloud stores what was sent
        rich.TextColumn("{task.description}"),
        rich.BarColumn(),
        rich.DownloadColumn(binary_units=True),
        _speed_column(),
        rich.TimeRemainingColumn(compact=True),
    )
    columns: tuple[rich.ProgressColumn, ...] = wide if console.width >= _WIDE_COLUMNS else narrow
    with rich.Progress(*columns, console=console, transient=True) as shown:
        yield _Bar(shown, shown.add_task(doing, total=total_bytes))


@contextmanager
def counter(stderr: Any, doing: str, total: int) -> Iterator[Progress]:
    """Show a progress bar of things, which disappears when the work is done."""
    from rich import progress as rich
    from rich.console import Console

    columns = (rich.TextColumn("{task.description}"), rich.BarColumn(), rich.MofNCompleteColumn())
    with rich.Progress(*columns, console=Console(file=stderr, force_terminal=True), transient=True) as shown:
        yield _Bar(shown, shown.add_task(doing, total=total))


def _speed_column() -> Any:
    """Return a column in powers of 1024, as the sizes beside it; that of rich has powers of 1000."""
    from rich import progress as rich
    from rich.text import Text

    class SpeedColumn(rich.ProgressColumn):
        def render(self, task: rich.Task) -> Text:
            return Text(f"{format_size(int(task.speed))}/s" if task.speed else "")

    return SpeedColumn()


class _Bar:
    def __init__(self, shown: RichProgress, task: TaskID) -> None:
        self._shown = shown
        self._task = task

    def advance(self, done_bytes: int) -> None:
        self._shown.advance(self._task, done_bytes)

    def set_step(self, step: str) -> None:
        self._shown.update(self._task, description=step)


@contextmanager
def lines(write: Callable[[str], None], doing: str, total_bytes: int | None) -> Iterator[Progress]:
    """Write a line at the start, one for each tenth (at most one a second), and one a minute while nothing moves."""
    progress = _Lines(write, doing, total_bytes)
    ended = threading.Event()

    def remind() -> None:
        while not ended.wait(_LINE_EVERY_S):
            progress.remind()

    progress.set_step(doing)
    threading.Thread(target=remind, daemon=True).start()
    try:
        yield progress
    finally:
        ended.set()


class _Lines:
    def __init__(self, write: Callable[[str], None], doing: str, total_bytes: int | None) -> None:
        self._write = write
        self._doing = doing
        self._total_bytes = total_bytes
        self._done_bytes = 0
        self._written_percent = 0
        self._written_at = time.monotonic()

    def advance(self, done_bytes: int) -> None:
        self._done_bytes += done_bytes
        is_next = self._percent() >= self._written_percent + _LINE_EVERY_PERCENT
        if is_next and time.monotonic() - self._written_at >= _AT_MOST_EVERY_S:
            self._write_line()

    def set_step(self, step: str) -> None:
        self._doing = step
        self._written_at = time.monotonic()
        self._write(step)

    def remind(self) -> None:
        if time.monotonic() - self._written_at >= _LINE_EVERY_S:
            self._write_line()

    def _percent(self) -> int:
        return 100 * self._done_bytes // self._total_bytes if self._total_bytes else 0

    def _write_line(self) -> None:
        self._written_at = time.monotonic()
        self._written_percent = self._percent()
        done = format_size(self._done_bytes)
        position = (
            f"{self._written_percent} %, {done} of {format_size(self._total_bytes)}" if self._total_bytes else done
        )
        self._write(f"{self._doing}: {position}")
