"""Signals that end a command, as exceptions, so that a command can clean up."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

_SIGNALS = (signal.SIGTERM, signal.SIGHUP)  # SIGINT is a KeyboardInterrupt already


@contextmanager
def exit_cleanly() -> Iterator[None]:
    """Make SIGTERM and SIGHUP raise ``SystemExit`` with the status that the shell expects (128 + n).

    A signal that was ignored at the start stays ignored, as ``nohup`` requires. Outside the main thread Python cannot
    set handlers, and nothing changes.
    """
    with _handled(_SIGNALS, _leave):
        yield


@contextmanager
def defer_signals() -> Iterator[None]:
    """Ignore the signals that end a command, Ctrl-C too, until the cleaning up is done."""
    with _handled((signal.SIGINT, *_SIGNALS), _ignore):
        yield


@contextmanager
def _handled(numbers: Iterable[signal.Signals], handler: Callable[[int, FrameType | None], object]) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    # SIG_IGN stays, and so does a handler (None) that was not set from Python: it could not be restored
    now = {number: signal.getsignal(number) for number in numbers}
    before = {
        number: signal.signal(number, handler) for number, is_ in now.items() if is_ not in (signal.SIG_IGN, None)
    }
    try:
        yield
    finally:
        for number, previous in before.items():
            signal.signal(number, previous)


def _leave(number: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(128 + number)


def _ignore(_number: int, _frame: FrameType | None) -> None:
    pass
