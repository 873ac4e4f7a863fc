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
    """How one service is started.

    Attributes:
        title: Its name in sentences.
        module: The module of the WSGI application.
        probe: A path that it answers to anybody once it works.
        workers: Processes.
        threads: Requests at a time in each of them.
    """

    title: str
    module: str
    probe: str
    workers: int
    threads: int

    @property
    def name(self) -> str:
        """Its name in file names."""
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
        """Notice its death.

        Raises:
            ProcessFailed: It is not running any more.
        """
        if (status := self.process.poll()) is not None:
            saved = home() / f"{self.program.name}-failed.log"  # the instance's folder does not outlive us
            shutil.copy(self.log, saved)
            raise ProcessFailed(f"{self.program.title} ended by itself (status {status})", saved)

    def answers(self) -> bool:
        """Whether it answers requests."""
        connection = http.client.HTTPConnection(LOOPBACK, self.port, timeout=START_TIMEOUT_S)
        try:
            connection.request("GET", self.program.probe)
            return connection.getresponse().status < 500
        except OSError:
            return False
        finally:
            connection.close()


def reserve_port() -> socket.socket:
    """A socket bound to a free port of loopback.

    The service inherits it and only then begins to listen: nobody else can get the port in between, and what answers
    there is what we started.
    """
    reserved = socket.socket()
    reserved.bind((LOOPBACK, 0))
    return reserved


@contextmanager
def running(
    place: configuration.Place, variables: Mapping[str, str], keystone: socket.socket, glance: socket.socket
) -> Iterator[list[Service]]:
    """Both services, started side by side, answering; gone at the end.

    Args:
        place: Where they find their files.
        variables: What their environment tells them.
        keystone: The reserved port of Keystone.
        glance: The reserved port of Glance.
    """
    with ExitStack() as stack:
        services = [
            stack.enter_context(_started(KEYSTONE, place, variables, keystone)),
            stack.enter_context(_started(GLANCE, place, variables, glance)),
        ]
        stack.callback(_ask_all_to_end, services)
        deadline = time.monotonic() + START_TIMEOUT_S
        for service in services:
            _wait(service, deadline)
        yield services


@contextmanager
def _started(
    program: Program, place: configuration.Place, variables: Mapping[str, str], reserved: socket.socket
) -> Iterator[Service]:
    log = place.logs / f"{program.name}.log"
    descriptor = reserved.fileno()
    command = processes.leashed(
        environment.python(place.environment),
        "gunicorn",
        "--config", Path(__file__).parent / "inside" / "server.py",
        "--bind", f"fd://{descriptor}",
        "--workers", str(program.workers),
        "--threads", str(program.threads),
        "--access-logfile", place.logs / f"{program.name}-access.log",
        f"{program.module}:application",
    )  # fmt: skip
    surroundings = processes.clean_environment(variables)
    port = reserved.getsockname()[1]
    with processes.started(command, log, surroundings, descriptor) as process:
        reserved.close()  # else the port would seem to listen after the service's death
        yield Service(program=program, process=process, port=port, log=log)


def _wait(service: Service, deadline: float) -> None:
    while not service.answers():
        service.check()
        if time.monotonic() > deadline:
            raise DevcloudError(f"{service.program.title} did not answer within {START_TIMEOUT_S:.0f} s")
        time.sleep(POLL_S)


def _ask_all_to_end(services: list[Service]) -> None:
    """Ask all before waiting for the first: they end side by side too."""
    for service in services:
        service.process.terminate()
