"""The worker process from the view of its parent: it gets cases, and is restarted after a case that ended it."""

from __future__ import annotations

import select
import signal
import subprocess
import sys
import tempfile
from types import TracebackType
from typing import IO

from fuzzing.case import Case, End, Outcome, parse_outcome, to_line

_WALL_S = 120.0
"""The limit in seconds of wall time. The worker itself limits its processor time; a busy machine may be slow."""

_MOST_OUTPUT = 3000


class Worker:
    """A worker process for the time of a context."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self._stderr: IO[str] = tempfile.TemporaryFile("w+")  # noqa: SIM115 - closed by __exit__

    def __enter__(self) -> Worker:
        return self

    def __exit__(
        self, type_: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()
        self._stderr.close()

    def outcome(self, case: Case) -> Outcome:
        """Return the outcome of a case."""
        process = self._process = self._process or self._start()
        assert process.stdin
        assert process.stdout
        process.stdin.write(to_line(case))
        process.stdin.flush()
        ready, _, _ = select.select([process.stdout], [], [], _WALL_S)
        line = process.stdout.readline() if ready else ""
        return parse_outcome(line) if line else self._describe_end(process, is_late=not ready)

    def _start(self) -> subprocess.Popen[str]:
        self._stderr.seek(0)
        self._stderr.truncate()
        return subprocess.Popen(
            [sys.executable, "-m", "fuzzing.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._stderr,
            text=True,
        )

    def _describe_end(self, process: subprocess.Popen[str], *, is_late: bool) -> Outcome:
        self._end()
        self._stderr.seek(0)
        output = self._stderr.read()[-_MOST_OUTPUT:]
        is_hang = is_late or process.returncode == -signal.SIGPROF
        return Outcome(end=End.HANG if is_hang else End.CRASH, details=f"status {process.returncode}; {output}")

    def _end(self) -> None:
        if self._process:
            self._process.kill()
            self._process.communicate()
            self._process = None
