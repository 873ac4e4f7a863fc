"""The progress of long work: a bar on a terminal, lines elsewhere. Never on stdout."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from vscclient.model.amount import format_size
from vscclient.model.terminal import Progress

if TYPE_CHECKING:  # rich takes a tenth of a second
    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID

_LINE_EVERY_S = 60.0
_LINE_EVERY_PERCENT = 10
_WIDE_COLUMNS = 72  # the width of all columns of the bar
_AT_MOST_EVERY_S = 1.0  # else a fast upload would write ten lines at once


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
