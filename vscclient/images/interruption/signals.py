"""Signals that end a command: as exceptions, so that a command can clean up, and not in the middle of cleaning up."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, wait
from types import FrameType
from typing import Any, NoReturn, TypeVar

from vscclient.errors.base import Terminated

T = TypeVar("T")

_SIGNALS = (signal.SIGTERM, signal.SIGHUP)  # SIGINT is a KeyboardInterrupt already

_GRACE_S = {signal.SIGINT: 0.4, signal.SIGTERM: 5.0, signal.SIGHUP: 5.0}
"""How long work goes on after a signal, in seconds. Ctrl-C may be pressed twice in a hurry. The others often come
twice: the kernel and the shell both send SIGHUP when a terminal closes."""

_POLL_S = 0.05

Handlers = Mapping[signal.Signals, Any]


class Abandoned(Exception):
    """Work did not end in time, or the user does not wait for it; it may still be done."""


def exit_on_signals() -> Handlers:
    """Make SIGTERM and SIGHUP raise ``SystemExit`` with the status that the shell expects (128 + n).

    Commands do that at their start; a Python caller may do it, too. Returns the handlers before, to restore them.
    """
    return _handle(_SIGNALS, _exit)


def complete(work: Callable[[], T], within_s: float) -> T:
    """Return the result of work that a signal must not stop in the middle, such as cleaning up.

    The work runs in a thread: no signal stops a request that waits for a name server (getaddrinfo(3) is repeated after
    a signal), but the wait for a thread ends at once. A signal ends the wait after a moment, Ctrl-C within a second.

    Args:
        work: The work; what it raises is raised here.
        within_s: The longest wait, in seconds.

    Raises:
        Abandoned: The work did not end in this time, or soon enough after a signal.
    """
    end_s = time.monotonic() + within_s
    result: Future[T] = Future()

    def run() -> None:
        try:
            result.set_result(work())
        except BaseException as failure:  # noqa: BLE001  # it is raised in the thread that waits
            result.set_exception(failure)

    def hurry(number: int, _frame: FrameType | None) -> None:
        nonlocal end_s
        end_s = min(end_s, time.monotonic() + _GRACE_S[signal.Signals(number)])

    before = _handle((signal.SIGINT, *_SIGNALS), hurry)
    try:
        threading.Thread(target=run, daemon=True).start()  # a daemon: the end of the process does not wait for it
        while not result.done() and time.monotonic() < end_s:
            wait([result], _POLL_S)
        if not result.done():
            raise Abandoned
        return result.result()
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
