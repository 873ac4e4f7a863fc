"""Signals that end a command, as exceptions, so that a command can clean up."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from types import FrameType
from typing import Any, NoReturn

from vscclient.errors.base import Terminated

_SIGNALS = (signal.SIGTERM, signal.SIGHUP)  # SIGINT is a KeyboardInterrupt already

Handlers = Mapping[signal.Signals, Any]


def exit_on_signals() -> Handlers:
    """Make SIGTERM and SIGHUP raise ``SystemExit`` with the status that the shell expects (128 + n).

    Commands do that at their start; a Python caller may do it, too. Returns the handlers before, to restore them.
    """
    return _handle(_SIGNALS, _exit)


@contextmanager
def defer_signals() -> Iterator[None]:
    """Ignore the signals that end a command, Ctrl-C too, until the cleaning up is done."""
    before = _handle((signal.SIGINT, *_SIGNALS), _ignore)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _handle(numbers: Iterable[signal.Signals], handler: Callable[[int, FrameType | None], object]) -> Handlers:
    """Handle the signals, except those that were ignored at the start, as ``nohup`` requires; return the old handlers.

    Outside the main thread Python cannot set handlers, and nothing changes.
    """
    if threading.current_thread() is not threading.main_thread():
        return {}
    # a handler (None) that was not set from Python could not be restored
    changeable = [number for number in numbers if signal.getsignal(number) not in (signal.SIG_IGN, None)]
    return {number: signal.signal(number, handler) for number in changeable}


def _exit(number: int, _frame: FrameType | None) -> NoReturn:
    raise Terminated(128 + number)


def _ignore(_number: int, _frame: FrameType | None) -> None:
    pass
