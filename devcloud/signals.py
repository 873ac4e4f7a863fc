"""What signals do to us and to the command that we run."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import FrameType

ENDING = (signal.SIGTERM, signal.SIGHUP)
AS_THEY_ARE: Mapping[int, int] = {}
# An interactive shell ignores the others.
FOR_A_SHELL: Mapping[int, int] = {signal.SIGTERM: signal.SIGHUP, signal.SIGINT: signal.SIGHUP}


def end_with_exit() -> None:
    """Turn the signals that end a process into ``SystemExit``, so that everything is tidied up on the way out.

    SIGINT is ``KeyboardInterrupt`` already. A signal that is ignored stays so: that is how ``nohup`` works.
    """
    for number in ENDING:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _exit)
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        return  # started in the background by a shell without job control
    signal.signal(signal.SIGINT, _exit)


@contextmanager
def forwarded(process: subprocess.Popen[bytes], changed: Mapping[int, int]) -> Iterator[None]:
    """Signals are for the command; we end when it has ended.

    Args:
        process: The command.
        changed: Signals of which it gets another one instead.
    """

    def forward(number: int, _frame: FrameType | None) -> None:
        if number == signal.SIGINT and _terminal_is_ours():
            return  # the terminal sent it to the command as well
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(changed.get(number, number))

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


def hold_back() -> None:
    """Ignore what would interrupt the tidying up."""
    for number in (signal.SIGINT, *ENDING):
        signal.signal(number, signal.SIG_IGN)


def _exit(number: int, _frame: FrameType | None) -> None:
    hold_back()
    raise SystemExit(128 + number)


def _terminal_is_ours() -> bool:
    """Whether a Ctrl-C at the terminal goes to our process group."""
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
