"""The worker as its parent sees it: given cases, waited for, and started again when one of them ended it."""

from __future__ import annotations

import select
import signal
import subprocess
import sys
import tempfile
from types import TracebackType
from typing import IO

from fuzzing.case import Case, End, Outcome, outcome_of, to_line

_WALL_S = 120.0
"""Seconds on the clock; the worker's own limit is one of processor time, and a busy machine may be slow."""

_LAST_WORDS = 3000


class Worker:
    """A worker, as long as the context lasts."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self._stderr: IO[str] = tempfile.TemporaryFile("w+")  # noqa: SIM115

    def __enter__(self) -> Worker:
        return self

    def __exit__(
        self, type_: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()
        self._stderr.close()

    def outcome(self, case: Case) -> Outcome:
        """What becomes of a case."""
        process = self._process = self._process or self._started()
        assert process.stdin
        assert process.stdout
        process.stdin.write(to_line(case))
        process.stdin.flush()
        ready, _, _ = select.select([process.stdout], [], [], _WALL_S)
        line = process.stdout.readline() if ready else ""
        return outcome_of(line) if line else self._death(process, is_late=not ready)

    def _started(self) -> subprocess.Popen[str]:
        self._stderr.seek(0)
        self._stderr.truncate()
        return subprocess.Popen(
            [sys.executable, "-m", "fuzzing.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._stderr,
            text=True,
        )

    def _death(self, process: subprocess.Popen[str], *, is_late: bool) -> Outcome:
        self._end()
        self._stderr.seek(0)
        said = self._stderr.read()[-_LAST_WORDS:]
        is_hang = is_late or process.returncode == -signal.SIGPROF
        return Outcome(end=End.HANG if is_hang else End.CRASH, details=f"status {process.returncode}; {said}")

    def _end(self) -> None:
        if self._process:
            self._process.kill()
            self._process.communicate()
            self._process = None
