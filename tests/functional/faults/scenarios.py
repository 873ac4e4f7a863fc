"""The commands that meet faults: the image before, the command as typed, and the image that it is to leave."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tests.functional.faults.records import Record

DATA = random.Random(18).randbytes(3 * 512 * 1024)
"""The data of each image: more than a socket's buffers hold, so that a client waits for a line that is silent."""

SHA512 = hashlib.sha512(DATA).hexdigest()

DESCRIPTION = (
    "--description reads --min-disk 1 --single-nic --os-distro debian --os-version 12 --architecture x86_64"
    " --no-inspect"
)
"""Options of an image without a finding that stops its publication."""

FIELDS: Mapping[str, object] = {
    "disk_format": "raw",
    "container_format": "bare",
    "visibility": "private",
    "min_disk": 1,
    "description": "reads",
    "vsc_multi_nic": "false",
    "os_distro": "debian",
    "os_version": "12",
    "architecture": "x86_64",
}
"""The same, for Glance."""

Goal = Callable[[Record], bool]


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """A command, and the image that it works on.

    Args:
        title: The command in the table.
        command: The command as typed; ``{name}``, ``{id}``, ``{file}`` and ``{friend}`` (a project) stand for the rest.
        before: The fields of the image before; None: there is none.
        is_shared: The image has a member before.
        goal: Whether an image is what the command is to leave; None: it is to leave none.
        signs_in: Whether the requests to the Identity service meet faults, too.
        since: The method of the first request that ``create`` without options does not send, too; empty: all.
    """

    title: str
    command: str
    before: Mapping[str, object] | None = field(default_factory=lambda: FIELDS)
    is_shared: bool = False
    goal: Goal | None = None
    signs_in: bool = False
    since: str = ""


def _is(**fields: object) -> Goal:
    """Return a goal: the record has these fields, and is active with the data that was sent."""
    wanted = {"status": "active", "sha512": SHA512, **fields}

    def is_reached(record: Record) -> bool:
        values = {name: getattr(record, name) for name in wanted}
        return values == wanted

    return is_reached


def _has_member(record: Record) -> bool:
    return record.visibility == "shared" and len(record.members) == 1


SCENARIOS = (
    Scenario(
        title="create",
        command="create {name} --file {file} --no-inspect",
        before=None,
        goal=_is(visibility="private"),
        signs_in=True,
    ),
    Scenario(
        title="create --community --protected",
        command=f"create {{name}} --file {{file}} --community --protected {DESCRIPTION}",
        before=None,
        goal=_is(visibility="community", protected=True),
        since="PATCH",
    ),
    Scenario(
        title="create --share-with",
        command=f"create {{name}} --file {{file}} --share-with {{friend}} {DESCRIPTION}",
        before=None,
        goal=_has_member,
        since="PATCH",
    ),
    Scenario(
        title="create --import",
        command="create {name} --file {file} --import --no-inspect",
        before=None,
        goal=_is(visibility="private"),
        since="PUT",
    ),
    Scenario(
        title="set --tag",
        command="set {id} --tag reads --min-disk 2",
        goal=_is(visibility="private", tags=("reads",), min_disk=2),
    ),
    Scenario(title="set --deactivate", command="set {id} --deactivate", goal=_is(status="deactivated")),
    Scenario(title="community", command="community {id} --no-cache", goal=_is(visibility="community")),
    Scenario(title="share", command="share {id} {friend} --no-cache", goal=_has_member, signs_in=True),
    Scenario(
        title="private",
        command="private {id} --yes",
        before={**FIELDS, "visibility": "shared"},
        is_shared=True,
        goal=_is(visibility="private"),
    ),
    Scenario(
        title="private --forget-members",
        command="private {id} --forget-members --yes",
        before={**FIELDS, "visibility": "shared"},
        is_shared=True,
        goal=_is(visibility="private"),
    ),
    Scenario(title="delete", command="delete {id} --yes", before={**FIELDS, "visibility": "community"}),
    Scenario(title="delete --unprotect", command="delete {id} --unprotect", before={**FIELDS, "protected": True}),
)


def scenario_of(title: str) -> Scenario:
    """Return the scenario with this title."""
    (scenario,) = (scenario for scenario in SCENARIOS if scenario.title == title)
    return scenario
