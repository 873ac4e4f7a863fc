"""Signals for this program and for the command that it runs."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import FrameType

ENDING = (signal.SIGTERM, signal.SIGHUP)
UNCHANGED: Mapping[int, int] = {}
# An interactive shell ignores the others.
FOR_A_SHELL: Mapping[int, int] = {signal.SIGTERM: signal.SIGHUP, signal.SIGINT: signal.SIGHUP}


def exit_on_signals() -> None:
    """Turn the signals that end a process into ``SystemExit``, so that everything is cleaned up.

    A signal that is ignored stays ignored: ``nohup`` works so.
    """
    for number in ENDING:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _exit)
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        return  # a shell without job control started us in the background
    signal.signal(signal.SIGINT, _exit)


@contextmanager
def forward_signals(process: subprocess.Popen[bytes], replaced: Mapping[int, int]) -> Iterator[None]:
    """Forward signals to the command in the context; we end when it has ended.

    Args:
        process: The command.
        replaced: Signals, and those that the command gets in their place.
    """

    def forward(number: int, _frame: FrameType | None) -> None:
        if number == signal.SIGINT and _terminal_is_ours():
            return  # the terminal has sent it to the command, too
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(replaced.get(number, number))

    before = {
        number: signal.signal(number, forward)
        for number in (signal.SIGINT, *ENDING)
        if signal.getsignal(number) is not signal.SIG_IGN
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def ignore_signals() -> None:
    """Ignore the signals that would interrupt the cleaning up."""
    for number in (signal.SIGINT, *ENDING):
        signal.signal(number, signal.SIG_IGN)


def _exit(number: int, _frame: FrameType | None) -> None:
    ignore_signals()
    raise SystemExit(128 + number)


def _terminal_is_ours() -> bool:
    """Return True if a Ctrl-C at the terminal goes to our process group."""
    try:
        terminal = os.open(os.ctermid(), os.O_RDONLY | os.O_NOCTTY)
    except OSError:
        return False
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    except OSError:
        return False
    finally:
        os.close(terminal)
