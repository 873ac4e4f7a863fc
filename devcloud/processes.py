"""The programs of the cloud: each has a watchdog and a clean environment, and is ended for sure."""

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

# The services get no other variables: OS_… would configure them, a proxy would get their loopback requests.
INHERITED = ("HOME", "LANG", "LC_ALL", "LOGNAME", "PATH", "TMPDIR", "USER")
# glibc returns memory and gets it anew with each chunk of an image, which was a third of an upload's time.
MALLOC = {"MALLOC_MMAP_THRESHOLD_": "67108864", "MALLOC_TRIM_THRESHOLD_": "268435456"}
# Seconds that a program has to end before it is killed.
TERMINATION_TIMEOUT_S = 2.0


def clean_environment(added: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of a service: a few of our variables, and these."""
    inherited = {name: os.environ[name] for name in INHERITED if name in os.environ}
    return {**inherited, **MALLOC, "PYTHONPATH": str(REPOSITORY), "PYTHONUNBUFFERED": "1", **added}


def run(command: Sequence[str | Path], log: Path, environment: Mapping[str, str], what: str) -> None:
    """Run a program to its end.

    Args:
        command: The program and its arguments.
        log: The file that gets all its output, added at the end.
        environment: Its whole environment.
        what: The program's work, for the sentence if it fails.

    Raises:
        ProcessFailed: It ended with a status other than 0.
    """
    with running_process(command, log, environment) as process:
        finish(process, log, what)


def finish(process: subprocess.Popen[bytes], log: Path, what: str) -> None:
    """Wait for a program that ends by itself.

    Args:
        process: The program.
        log: The file with its output.
        what: The program's work, for the sentence if it fails.

    Raises:
        ProcessFailed: It ended with a status other than 0.
    """
    if status := process.wait():
        raise ProcessFailed(f"{what} failed (status {status})", log)


@contextmanager
def running_process(
    command: Sequence[str | Path], log: Path, environment: Mapping[str, str], inherited_socket: int | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program with a watchdog in the context; it and all that it started are ended at the end.

    Args:
        command: The program and its arguments.
        log: The file that gets all its output, added at the end.
        environment: Its whole environment.
        inherited_socket: The descriptor of a socket that it inherits.
    """
    passed = () if inherited_socket is None else (inherited_socket,)
    with log.open("ab") as output:
        process = subprocess.Popen(
            [os.fspath(part) for part in command],
            stdin=subprocess.PIPE,  # for the watchdog: devcloud.inside.watchdog
            stdout=output,
            stderr=subprocess.STDOUT,
            env=dict(environment),
            pass_fds=passed,
            start_new_session=True,  # Ctrl-C goes to us, not to it; and its group is killed as a whole
        )
    try:
        yield process
    finally:
        end(process)


def watched(python: str | Path, module: str, *arguments: str | Path) -> list[str | Path]:
    """Return the command that runs a module with a watchdog.

    Args:
        python: The interpreter.
        module: The module.
        arguments: Of the module.
    """
    return [python, "-m", "devcloud.inside.watchdog", module, *arguments]


def end(process: subprocess.Popen[bytes]) -> None:
    """Terminate the program, and kill what is left of its group after some seconds."""
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(TERMINATION_TIMEOUT_S)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    if process.stdin:
        process.stdin.close()
