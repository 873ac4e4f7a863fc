"""Functional tests: commands as a user types them, against a real Keystone and a real Glance."""

from __future__ import annotations

import io
import json
import logging
import os
import re
import shlex
import subprocess
import sys
import threading
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import fixtures
from osc_lib.clientmanager import ClientCache

from devcloud.cloud import CLOUD_VARIABLE, Cloud, read
from tests import base

ROUTINE = re.compile(
    r"(.+: .+ (disk|to send)(\. Installer image: .+)?"
    r"|standard input: .*|sending(: .*)?|the cloud is (storing|importing) the data|verifying the data"
    r"|Retriable status code \d+\..*|Failure: .+ Retrying in .+"  # newer versions of keystoneauth print them
    r"|Audited \d+ images?(, \d+ of them hidden)?: .+\."
    r"|reading( the file.*)?|Created .+\.|(Set automatically|create would set automatically): .+\."
    r"|warning D306, H503, H506, N204, N205 could not be checked: .+|5 rules could not be checked\. Details: .+|)"
)
"""The lines on standard error of each create or check, also for a private image of data without a guest.

A test has to expect all other lines.
"""


@dataclass(frozen=True, kw_only=True)
class Result:
    """The result of a command."""

    status: int
    stdout: str
    stderr: str

    def json(self) -> Any:
        """Return the standard output, which must be JSON and nothing else."""
        return json.loads(self.stdout)


class FunctionalTest(base.BaseTestCase):
    """A test on the development cloud, with image names and a folder of its own."""

    cloud: Cloud

    def setUp(self) -> None:
        super().setUp()
        folder = os.environ.get(CLOUD_VARIABLE)
        if not folder:
            self.fail(f"{CLOUD_VARIABLE} is not set: use tox -e functional to run the functional tests")
        self.cloud = read(folder)
        self.folder = Path(self.useFixture(fixtures.TempDir()).path)
        self.useFixture(fixtures.EnvironmentVariable("HOME", str(self.folder)))
        self.useFixture(fixtures.EnvironmentVariable("XDG_CACHE_HOME"))

    def name(self, about: str) -> str:
        """Return a name that no other test uses."""
        return f"{about}-{uuid.uuid4().hex[:8]}"

    def openstack(
        self,
        command: str,
        *,
        user: str = "alice",
        status: int | None = 0,
        says: Sequence[str] | None = (),
        stdin: bytes | Path = b"",
        environment: dict[str, str] | None = None,
    ) -> Result:
        """Run ``openstack COMMAND`` in this process, which takes a tenth of the time of a new one.

        Args:
            command: As typed, without ``openstack``.
            user: The user who runs it: an entry of the cloud's users.
            status: The expected exit status; None: any.
            says: Parts of the lines that are expected on standard error; any other line there fails the test. None: any
                line is expected.
            stdin: The standard input: bytes through a pipe, or a file.
            environment: Variables instead of the user's openrc.
        """
        variables = self.cloud.users[user].environment if environment is None else environment
        with _environment(variables), _standard_input(stdin):
            result = _run(shlex.split(command))
        if status is not None:
            self.assertEqual(status, result.status, f"openstack {command}\n{result.stdout}\n{result.stderr}")
        if says is not None:
            self._assert_stderr(result.stderr, says)
        return result

    def process(
        self, command: str, *, user: str = "alice", environment: dict[str, str] | None = None, **options: Any
    ) -> subprocess.Popen[bytes]:
        """Start ``openstack COMMAND`` as a process of its own, for signals and terminals."""
        variables = self.cloud.users[user].environment if environment is None else environment
        return subprocess.Popen(
            [str(Path(sys.executable).with_name("openstack")), *shlex.split(command)],
            env=_without_openstack(os.environ) | variables,
            **options,
        )

    def without_ranges(self) -> dict[str, str]:
        """Return the environment of alice in the region without range requests."""
        return self.cloud.users["alice"].environment | {"OS_REGION_NAME": "no-ranges"}

    def images_named(self, name: str, *, user: str = "alice") -> list[dict[str, Any]]:
        """Return the user's images with a name, by the standard client."""
        listed = self.openstack(f"image list --name {shlex.quote(name)} -f json", user=user).json()
        assert isinstance(listed, list)
        return listed

    def assert_nothing_left(self, name: str, *, user: str = "alice") -> None:
        """Assert that there is no image with this name, not even an unfinished one."""
        self.assertEqual([], self.images_named(name, user=user))

    def _assert_stderr(self, stderr: str, says: Sequence[str]) -> None:
        lines = stderr.splitlines()
        for part in says:
            self.assertTrue(any(part in line for line in lines), f"{part!r} is not on standard error:\n{stderr}")
        unexpected = [line for line in lines if not ROUTINE.fullmatch(line) and not any(part in line for part in says)]
        self.assertEqual([], unexpected, "unexpected text on standard error")


@contextmanager
def _environment(variables: dict[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update(_without_openstack(before) | {"COLUMNS": "300", "no_proxy": "127.0.0.1"} | variables)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _without_openstack(variables: Any) -> dict[str, str]:
    return {name: value for name, value in variables.items() if not name.startswith("OS_")}


@contextmanager
def _standard_input(content: bytes | Path) -> Iterator[None]:
    """Make file descriptor 0 a file, or a pipe with these bytes."""
    original = os.dup(0)
    if isinstance(content, Path):
        source = os.open(content, os.O_RDONLY)
    else:
        source, sink = os.pipe()
        threading.Thread(target=_write_pipe, args=(sink, content), daemon=True).start()
    os.dup2(source, 0)
    os.close(source)
    try:
        yield
    finally:
        os.dup2(original, 0)
        os.close(original)


def _remove_cached_clients() -> None:
    """Remove osc-lib's clients, which it keeps on the class: the next user would get those of the last one."""
    from openstackclient.common.clientmanager import ClientManager

    for kind in ClientManager.__mro__:
        for cache in vars(kind).values():
            if isinstance(cache, ClientCache):
                cache._handle = None


def _write_pipe(sink: int, content: bytes) -> None:
    try:
        with open(sink, "wb") as pipe:
            pipe.write(content)
    except BrokenPipeError:
        return


def _run(argv: list[str]) -> Result:
    from openstackclient.shell import OpenStackShell

    _remove_cached_clients()
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    stdout, stderr = io.StringIO(), io.StringIO()
    with redirect_stdout(stdout), redirect_stderr(stderr):
        try:
            status = OpenStackShell().run(argv)
        except SystemExit as leaving:
            status = int(leaving.code or 0)
        finally:
            root.handlers[:] = handlers
            root.setLevel(level)
    return Result(status=int(status), stdout=stdout.getvalue(), stderr=stderr.getvalue())
