"""How far it is: a bar on a terminal, lines elsewhere. Never on stdout."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from vscclient.model.amount import in_words
from vscclient.model.terminal import Progress

_LINE_EVERY_S = 60.0
_LINE_EVERY_PERCENT = 10
_WIDE_COLUMNS = 72  # what all the columns of the bar need
_AT_MOST_EVERY_S = 1.0  # a fast upload does not need ten lines in a blink


@contextmanager
def bar(stderr: Any, doing: str, total_bytes: int | None) -> Iterator[Progress]:
    """A progress bar that is gone when the work is done."""
    from rich import progress as rich
    from rich.console import Console

    console = Console(file=stderr, force_terminal=True)
    how_far = rich.TextColumn("{task.percentage:.0f} %") if total_bytes else rich.DownloadColumn(binary_units=True)
    narrow = (rich.TextColumn("{task.description}"), how_far)
    wide = (
        rich.SpinnerColumn(),  # shows that it is alive, when the bytes are sent and the cloud is storing them
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
    """A bar that counts things, and is gone when the work is done."""
    from rich import progress as rich
    from rich.console import Console

    columns = (rich.TextColumn("{task.description}"), rich.BarColumn(), rich.MofNCompleteColumn())
    with rich.Progress(*columns, console=Console(file=stderr, force_terminal=True), transient=True) as shown:
        yield _Bar(shown, shown.add_task(doing, total=total))


def _speed_column() -> Any:
    """Rich's own column counts in powers of 1000, beside sizes in powers of 1024."""
    from rich import progress as rich
    from rich.text import Text

    class SpeedColumn(rich.ProgressColumn):
        def render(self, task: rich.Task) -> Text:
            return Text(f"{in_words(int(task.speed))}/s" if task.speed else "")

    return SpeedColumn()


class _Bar:
    def __init__(self, shown: object, task: object) -> None:
        self._shown = shown
        self._task = task

    def advance(self, done_bytes: int) -> None:
        self._shown.advance(self._task, done_bytes)  # type: ignore[attr-defined]

    def now(self, doing: str) -> None:
        self._shown.update(self._task, description=doing)  # type: ignore[attr-defined]


@contextmanager
def lines(write: Callable[[str], None], doing: str, total_bytes: int | None) -> Iterator[Progress]:
    """A line at the start, one for every tenth (at most one a second), and one a minute while nothing moves."""
    progress = _Lines(write, doing, total_bytes)
    ended = threading.Event()

    def remind() -> None:
        while not ended.wait(_LINE_EVERY_S):
            progress.remind()

    progress.now(doing)
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
        self._said_percent = 0
        self._said_at = time.monotonic()

    def advance(self, done_bytes: int) -> None:
        self._done_bytes += done_bytes
        is_next = self._percent() >= self._said_percent + _LINE_EVERY_PERCENT
        if is_next and time.monotonic() - self._said_at >= _AT_MOST_EVERY_S:
            self._say()

    def now(self, doing: str) -> None:
        self._doing = doing
        self._said_at = time.monotonic()
        self._write(doing)

    def remind(self) -> None:
        if time.monotonic() - self._said_at >= _LINE_EVERY_S:
            self._say()

    def _percent(self) -> int:
        return 100 * self._done_bytes // self._total_bytes if self._total_bytes else 0

    def _say(self) -> None:
        self._said_at = time.monotonic()
        self._said_percent = self._percent()
        done = in_words(self._done_bytes)
        far = f"{self._said_percent} %, {done} of {in_words(self._total_bytes)}" if self._total_bytes else done
        self._write(f"{self._doing}: {far}")
