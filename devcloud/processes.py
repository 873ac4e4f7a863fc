"""Programs of the cloud: started on a leash, with a clean environment, ended for sure."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from devcloud.errors import ProcessFailed
from devcloud.home import REPOSITORY

# Everything else stays out of the services: OS_… would configure them, a proxy would see their loopback calls.
INHERITED = ("HOME", "LANG", "LC_ALL", "LOGNAME", "PATH", "TMPDIR", "USER")
# glibc gives memory back and fetches it again with each chunk of an image: a third of an upload's time.
MALLOC = {"MALLOC_MMAP_THRESHOLD_": "67108864", "MALLOC_TRIM_THRESHOLD_": "268435456"}
# How long a program may tidy up before it is killed.
GRACE_S = 2.0


def clean_environment(added: Mapping[str, str]) -> dict[str, str]:
    """What the services see of our environment, and what they need besides."""
    inherited = {name: os.environ[name] for name in INHERITED if name in os.environ}
    return {**inherited, **MALLOC, "PYTHONPATH": str(REPOSITORY), "PYTHONUNBUFFERED": "1", **added}


def run(command: Sequence[str | Path], log: Path, environment: Mapping[str, str], what: str) -> None:
    """Run a program to its end.

    Args:
        command: The program and its arguments.
        log: The file that gets all its output, added at the end.
        environment: Its whole environment.
        what: Its name in the sentence when it fails.

    Raises:
        ProcessFailed: It ended with another status than 0.
    """
    with started(command, log, environment) as process:
        finish(process, log, what)


def finish(process: subprocess.Popen[bytes], log: Path, what: str) -> None:
    """Wait for a program that ends by itself.

    Raises:
        ProcessFailed: It ended with another status than 0.
    """
    if status := process.wait():
        raise ProcessFailed(f"{what} failed (status {status})", log)


@contextmanager
def started(
    command: Sequence[str | Path], log: Path, environment: Mapping[str, str], inherited_socket: int | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """A program on a leash; it and all that it started is gone at the end."""
    passed = () if inherited_socket is None else (inherited_socket,)
    with log.open("ab") as output:
        process = subprocess.Popen(
            [os.fspath(part) for part in command],
            stdin=subprocess.PIPE,  # the leash: devcloud.inside.leash
            stdout=output,
            stderr=subprocess.STDOUT,
            env=dict(environment),
            pass_fds=passed,
            start_new_session=True,  # Ctrl-C is for us, not for it; and its group is killed as a whole
        )
    try:
        yield process
    finally:
        end(process)


def leashed(python: str | Path, module: str, *arguments: str | Path) -> list[str | Path]:
    """The command that runs a module of that Python on a leash."""
    return [python, "-m", "devcloud.inside.leash", module, *arguments]


def end(process: subprocess.Popen[bytes]) -> None:
    """Ask the program to end, and kill whatever is left of its group after a moment."""
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(GRACE_S)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    if process.stdin:
        process.stdin.close()
