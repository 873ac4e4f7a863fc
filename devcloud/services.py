"""Keystone and Glance as running programs."""

from __future__ import annotations

import http.client
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from devcloud import configuration, environment, processes
from devcloud.errors import DevcloudError, ProcessFailed
from devcloud.home import home

LOOPBACK = "127.0.0.1"
START_TIMEOUT_S = 90.0
POLL_S = 0.05


@dataclass(frozen=True, kw_only=True)
class Program:
    """The start of one service.

    Attributes:
        title: The name in sentences.
        module: The module of the WSGI application.
        probe: A path that it answers without authentication as soon as it works.
        workers: Number of processes.
        threads: Number of requests at a time in each of them.
    """

    title: str
    module: str
    probe: str
    workers: int
    threads: int

    @property
    def name(self) -> str:
        """The name in file names."""
        return self.title.lower()


KEYSTONE = Program(title="Keystone", module="devcloud.inside.identity", probe="/v3", workers=1, threads=8)
GLANCE = Program(title="Glance", module="devcloud.inside.image", probe="/v2/", workers=2, threads=8)


@dataclass(frozen=True, kw_only=True)
class Service:
    """A running service."""

    program: Program
    process: subprocess.Popen[bytes]
    port: int
    log: Path

    def check(self) -> None:
        """Check that the service is running.

        Raises:
            ProcessFailed: It has ended.
        """
        if (status := self.process.poll()) is not None:
            saved = home() / f"{self.program.name}-failed.log"  # the instance's folder is removed at the end
            shutil.copy(self.log, saved)
            raise ProcessFailed(f"{self.program.title} ended by itself (status {status})", saved)

    def answers(self) -> bool:
        """Return True if the service answers requests."""
        connection = http.client.HTTPConnection(LOOPBACK, self.port, timeout=START_TIMEOUT_S)
        try:
            connection.request("GET", self.program.probe)
            return connection.getresponse().status < 500
        except OSError:
            return False
        finally:
            connection.close()


def reserve_port() -> socket.socket:
    """Return a socket bound to a free port of loopback.

    The service inherits the socket and only then begins to listen: no other program can get the port in between, and
    an answer on the port comes from our service.
    """
    reserved = socket.socket()
    reserved.bind((LOOPBACK, 0))
    return reserved


@contextmanager
def running(
    place: configuration.Place, variables: Mapping[str, str], keystone: socket.socket, glance: socket.socket
) -> Iterator[list[Service]]:
    """Run both services in the context; they answer requests from its beginning on.

    Args:
        place: Their files.
        variables: The variables that name these files.
        keystone: The reserved port of Keystone.
        glance: The reserved port of Glance.
    """
    with ExitStack() as stack:
        services = [
            stack.enter_context(_running_service(KEYSTONE, place, variables, keystone)),
            stack.enter_context(_running_service(GLANCE, place, variables, glance)),
        ]
        stack.callback(_terminate_all, services)
        deadline = time.monotonic() + START_TIMEOUT_S
        for service in services:
            _wait(service, deadline)
        yield services


@contextmanager
def _running_service(
    program: Program, place: configuration.Place, variables: Mapping[str, str], reserved: socket.socket
) -> Iterator[Service]:
    log = place.logs / f"{program.name}.log"
    descriptor = reserved.fileno()
    command = processes.watched(
        environment.python(place.environment),
        "gunicorn",
        "--config", Path(__file__).parent / "inside" / "server.py",
        "--bind", f"fd://{descriptor}",
        "--workers", str(program.workers),
        "--threads", str(program.threads),
        "--access-logfile", place.logs / f"{program.name}-access.log",
        f"{program.module}:application",
    )  # fmt: skip
    whole_environment = processes.clean_environment(variables)
    port = reserved.getsockname()[1]
    with processes.running_process(command, log, whole_environment, descriptor) as process:
        reserved.close()  # otherwise the port would seem to listen after the service has ended
        yield Service(program=program, process=process, port=port, log=log)


def _wait(service: Service, deadline: float) -> None:
    while not service.answers():
        service.check()
        if time.monotonic() > deadline:
            raise DevcloudError(f"{service.program.title} did not answer within {START_TIMEOUT_S:.0f} s")
        time.sleep(POLL_S)


def _terminate_all(services: list[Service]) -> None:
    """Terminate all services before the first is waited for: so they end side by side."""
    for service in services:
        service.process.terminate()
