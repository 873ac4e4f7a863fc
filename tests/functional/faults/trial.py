"""One command that meets one fault, and what came of it."""

from __future__ import annotations

import contextlib
import itertools
import os
import re
import shlex
import tempfile
import time
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from devcloud.cloud import Cloud
from tests.functional.base import ROUTINE
from tests.functional.faults.client import Client, Ended
from tests.functional.faults.fault import Fault, When
from tests.functional.faults.kinds import KINDS, Kind, Stage, kind_of
from tests.functional.faults.messages import Request
from tests.functional.faults.proxy import Proxy, running_proxy
from tests.functional.faults.records import Glance, Record
from tests.functional.faults.scenarios import DATA, SHA512, Scenario, scenario_of
from tests.functional.login import environment_at

TIMEOUT_S = 60.0
"""The longest time for a command, in seconds; a longer one counts as hung."""

SETTINGS = {
    "vscclient.glance.client.TIMEOUT_S": 3.0,
    "vscclient.glance.client.STORING_TIMEOUT_S": 5.0,
    "vscclient.glance.upload_body.SILENCE_S": 3.0,
    "vscclient.osc.command.TIMEOUT_S": 3.0,
    "vscclient.images.data.cleanup._WAITS_S": (0.2, 0.4, 0.8),
}
"""Shorter times than those of the product."""

_ROUTINE = re.compile(rf"{ROUTINE.pattern}|warning .+ could not be checked: .+|\d+ rules could not be checked\. .+")

FRIEND = "VSC_00002"
_UUID = r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"


@dataclass(frozen=True, kw_only=True)
class Trial:
    """A fault at a request of a command.

    Args:
        command: The title of the scenario.
        stage: The request.
        fault: The title of the kind.
        when: The moment.
    """

    command: str
    stage: Stage
    fault: str
    when: When

    @property
    def scenario(self) -> Scenario:
        """The scenario."""
        return scenario_of(self.command)

    @property
    def kind(self) -> Kind:
        """The kind of the fault."""
        return kind_of(self.fault)

    def __str__(self) -> str:
        """Return the trial in a line."""
        number = f" no. {self.stage.nth}" if self.stage.nth > 1 else ""
        request = f"{self.stage.method} {self.stage.path.replace('[^/]+', '*')}{number}"
        if self.stage.service == "identity":
            request = f"Identity service: {request}"
        return f"{self.command} | {request} | {self.fault} | {self.when}"


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The result of a trial.

    Args:
        status: The exit status of the command.
        stderr: Its messages, with the words of ``Names`` for what differs each time.
        before: The image before.
        after: The images of this name afterwards.
        leaks: The requests with a token or a body that followed a redirect to another address.
        seconds: How long the command took.
        seconds_after_signal: How long it took after the last signal; 0: there was none.
    """

    trial: Trial
    status: int
    stderr: str
    before: Record | None
    after: tuple[Record, ...]
    leaks: tuple[str, ...]
    seconds: float
    seconds_after_signal: float

    @property
    def sentence(self) -> str:
        """The messages without those that each command shows; after a success, the last one."""
        lines = [line for line in self.stderr.strip().splitlines() if not line.startswith("Set automatically")]
        rest = "\n".join(line for line in lines if not _ROUTINE.fullmatch(line))
        return rest or (lines[-1] if lines and self.status == 0 else "")

    @property
    def left(self) -> str:
        """The images in Glance afterwards, in words."""
        return "; ".join(f"{record}{self._about_data(record)}" for record in self.after) or "nothing"

    @staticmethod
    def _about_data(record: Record) -> str:
        is_other = record.status in ("active", "deactivated") and record.sha512 != SHA512
        return ", a part of the data" if is_other else ""


@dataclass(frozen=True)
class Laboratory:
    """A cloud, and the folder of the files that all trials share.

    Args:
        cloud: The development cloud.
        folder: The home of the clients.
    """

    cloud: Cloud
    folder: Path
    glance: Glance = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "glance", Glance(self.cloud))
        (self.folder / "rna.raw").write_bytes(DATA)

    def stages(self, scenario: Scenario) -> Iterator[Stage]:
        """Run a command without a fault; yield its requests."""
        with self._image(scenario) as (name, image_id), self._proxies() as proxies:
            ended = self._client(scenario, name, image_id, proxies).run(TIMEOUT_S)
            assert ended.status == 0, f"{scenario.title}: {ended.stderr}"
            if scenario.signs_in:
                yield from _stages_of(proxies["identity"].requests, "identity")
            requests = list(proxies["image"].requests)
            methods = [request.method for request in requests]
            yield from _stages_of(requests[methods.index(scenario.since) if scenario.since else 0 :], "image")

    def run(self, trial: Trial) -> Outcome:
        """Run a trial."""
        with contextlib.ExitStack() as stack:
            name, image_id = stack.enter_context(self._image(trial.scenario))
            before = next(iter(self.glance.named(name)), None)
            counting = Fault(method=".*", path=".*", status=404)
            elsewhere = stack.enter_context(running_proxy(self.cloud.image_url, counting))
            clients: list[Client] = []
            faults = trial.stage.faults(
                trial.kind, trial.when, elsewhere=elsewhere.address, send=lambda number: clients[0].send(number)
            )
            proxies = stack.enter_context(self._proxies(trial.stage.service, *faults))
            clients.append(self._client(trial.scenario, name, image_id, proxies))
            start = time.monotonic()
            ended = clients[0].run(TIMEOUT_S)
            end = time.monotonic()
            signalled_at = clients[0].signalled_at
            return Outcome(
                trial=trial,
                status=ended.status,
                stderr=self._in_words(ended, name),
                before=before,
                after=self.glance.named(name),
                leaks=tuple(
                    request.method
                    for request in elsewhere.requests
                    if request.has_body or "x-auth-token" in request.headers
                ),
                seconds=end - start,
                seconds_after_signal=end - signalled_at if signalled_at else 0.0,
            )

    @contextlib.contextmanager
    def _image(self, scenario: Scenario) -> Iterator[tuple[str, str]]:
        name, image_id = f"rna-{uuid.uuid4().hex[:8]}", ""
        if scenario.before is not None:
            members = [self.cloud.projects[FRIEND]] if scenario.is_shared else []
            image_id = self.glance.create({**scenario.before, "name": name}, DATA, members)
        try:
            yield name, image_id
        finally:
            self.glance.delete(name)

    @contextlib.contextmanager
    def _proxies(self, service: str = "image", *faults: Fault) -> Iterator[dict[str, Proxy]]:
        """Run a proxy for each service; one of them has the faults."""
        keystone = self.cloud.auth_url.removesuffix("/v3")
        with (
            running_proxy(self.cloud.image_url, *(faults if service == "image" else ())) as image,
            running_proxy(keystone, *(faults if service == "identity" else ())) as identity,
        ):
            yield {"image": image, "identity": identity}

    def _client(self, scenario: Scenario, name: str, image_id: str, proxies: dict[str, Proxy]) -> Client:
        folder = Path(tempfile.mkdtemp(dir=self.folder))
        words = {
            "name": name,
            "id": image_id,
            "file": str(self.folder / "rna.raw"),
            "friend": self.cloud.projects[FRIEND],
        }
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "COLUMNS": "300",
            "no_proxy": "127.0.0.1",
            **environment_at(
                self.cloud,
                "alice",
                proxies["image"].address,
                folder,
                auth_url=f"{proxies['identity'].address}/v3",
            ),
        }
        return Client(
            arguments=["vsc", "image", *shlex.split(scenario.command.format(**words))],
            environment=environment,
            folder=folder,
            settings=SETTINGS,
        )

    def _in_words(self, ended: Ended, name: str) -> str:
        """Return the messages with words for what differs each time."""
        text = ended.stderr.replace(name, "NAME").replace(str(self.folder), "FOLDER")
        text = text.replace(self.cloud.projects[FRIEND], "PROJECT")
        text = re.sub(_UUID, "ID", text)
        return re.sub(r"127\.0\.0\.1:\d+", "ADDRESS", text)


def _stages_of(requests: Iterable[Request], service: str) -> Iterator[Stage]:
    """Yield the requests of a command as stages, and of those for the data of an image the first."""
    seen: Counter[tuple[str, str]] = Counter()
    for request in requests:
        path = re.sub(_UUID, "[^/]+", request.target.split("?")[0])
        path = re.sub("/members/.+", "/members/[^/]+", path)
        path = re.sub("/projects/.+", "/projects/[^/]+", path)
        seen[request.method, path] += 1
        nth = seen[request.method, path]
        if not (request.method == "GET" and path.endswith("/file") and nth > 1):
            yield Stage(method=request.method, path=path, nth=nth, service=service)


def trials(stages: dict[str, list[Stage]]) -> Iterator[Trial]:
    """Yield each kind of fault at each moment of each request of each command."""
    for (command, requests), kind in itertools.product(stages.items(), KINDS):
        for stage in requests:
            for when in stage.whens(kind):
                yield Trial(command=command, stage=stage, fault=kind.title, when=when)
