"""The client in a process of its own, for signals: started in a tenth of the time of a new interpreter."""

from __future__ import annotations

import importlib
import multiprocessing
import os
import signal
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from multiprocessing import forkserver
from pathlib import Path
from unittest import mock

_PRELOADED = (
    "openstackclient.shell",
    "glanceclient.v2.client",
    "keystoneauth1.identity.v3",
    "osc_lib.api.auth",
    "vscclient.images.create",
    "vscclient.osc.image.create",
)
"""The modules that the server of processes imports once, before it starts the first one."""

_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(list(_PRELOADED))

HUNG = -1
"""The exit status of a client that did not end in time."""


@dataclass(frozen=True, kw_only=True)
class Ended:
    """A client that has ended.

    Args:
        status: Its exit status; ``HUNG`` if it had to be killed.
        stdout: Its result.
        stderr: Its messages.
    """

    status: int
    stdout: str
    stderr: str


@dataclass
class Client:
    """``openstack`` with these arguments.

    Args:
        arguments: The arguments.
        environment: All of its environment.
        folder: A folder for its output.
        settings: New values of constants: ``{"vscclient.glance.client.TIMEOUT_S": 1.0}``.
        pid: Its process, once it runs.
        signalled_at: When it got the last signal, by the monotonic clock.
    """

    arguments: list[str]
    environment: Mapping[str, str]
    folder: Path
    settings: Mapping[str, object] = field(default_factory=dict)
    pid: int | None = None
    signalled_at: float | None = None

    def run(self, timeout_s: float) -> Ended:
        """Run it to its end, or for at most this time in seconds."""
        _start_server()
        job = (self.arguments, dict(self.environment), str(self.folder), dict(self.settings))
        process = _FORKS.Process(target=_run, args=job)
        process.start()
        self.pid = process.pid
        process.join(timeout_s)
        is_over = process.exitcode is not None
        if not is_over:
            process.kill()
            process.join()
        status = process.exitcode if is_over and process.exitcode is not None else HUNG
        stdout, stderr = ((self.folder / name).read_text(encoding="utf-8") for name in ("stdout", "stderr"))
        return Ended(status=status, stdout=stdout, stderr=stderr)

    def send(self, *numbers: signal.Signals) -> None:
        """Send it signals; one that has ended gets none."""
        for number in numbers:
            if self.pid is not None:
                os.kill(self.pid, number)
                self.signalled_at = time.monotonic()


def _start_server() -> None:
    """Start the server of processes, if it does not run: its socket outlives the temporary folder of a test."""
    with mock.patch.object(tempfile, "tempdir", None):
        forkserver.ensure_running()


def _run(arguments: list[str], environment: dict[str, str], folder: str, settings: dict[str, object]) -> None:
    """Become the client; runs in the new process."""
    os.environ.clear()
    os.environ.update(environment)
    for descriptor, name in ((1, "stdout"), (2, "stderr")):
        opened = os.open(Path(folder) / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(opened, descriptor)
        os.close(opened)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for path, value in settings.items():
        module, _, constant = path.rpartition(".")
        assert hasattr(importlib.import_module(module), constant), f"{path} does not exist"
        setattr(importlib.import_module(module), constant, value)
    from openstackclient.shell import main

    sys.exit(main(arguments))
