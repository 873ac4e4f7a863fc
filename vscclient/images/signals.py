"""Signals that end a command, as exceptions, so that what was begun can be cleaned up."""

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
    """Inside, SIGTERM and SIGHUP raise ``SystemExit`` with the status that the shell expects (128 + n).

    A signal that was ignored at the start stays ignored: ``nohup`` means it. Outside the main thread Python cannot set
    handlers, and nothing changes.
    """
    with _handled(_SIGNALS, _leave):
        yield


@contextmanager
def defer_signals() -> Iterator[None]:
    """Inside, the signals that end a command, Ctrl-C too, are not heard: cleaning up takes a moment, and has to end."""
    with _handled((signal.SIGINT, *_SIGNALS), lambda number, frame: None):
        yield


@contextmanager
def _handled(numbers: Iterable[signal.Signals], handler: Callable[[int, FrameType | None], object]) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    # SIG_IGN stays, and so does a handler (None) that was not set from Python: it could not be put back
    now = {number: signal.getsignal(number) for number in numbers}
    before = {
        number: signal.signal(number, handler) for number, is_ in now.items() if is_ not in (signal.SIG_IGN, None)
    }
    try:
        yield
    finally:
        for number, previous in before.items():
            signal.signal(number, previous)


def _leave(number: int, frame: FrameType | None) -> NoReturn:
    raise SystemExit(128 + number)
