"""Signals that end a command, as exceptions, so that what was begun can be cleaned up."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

_SIGNALS = (signal.SIGTERM, signal.SIGHUP)  # SIGINT is a KeyboardInterrupt already


@contextmanager
def orderly() -> Iterator[None]:
    """Inside, SIGTERM and SIGHUP raise ``SystemExit`` with the status that the shell expects (128 + n).

    A signal that was ignored at the start stays ignored: ``nohup`` means it. Outside the main thread Python cannot set
    handlers, and nothing changes.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    heard = [number for number in _SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, _leave) for number in heard}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _leave(number: int, frame: FrameType | None) -> NoReturn:
    raise SystemExit(128 + number)
