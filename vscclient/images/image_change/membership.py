"""The projects that an image is shared with: reading them, adding and removing many at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from enum import StrEnum

from guestinspect.model.printable import printable
from vscclient import errors
from vscclient.images.cloud import Cloud
from vscclient.model.image import Image
from vscclient.model.member import Member
from vscclient.model.member_status import MemberStatus
from vscclient.model.project import NamedProject
from vscclient.model.terminal import Terminal
from vscclient.model.visibility import Visibility

_AT_ONCE = 4
"""Requests at a time: 100 members take as long as one command of the standard client, without crowding others out."""


class MemberResult(StrEnum):
    """The result for one project."""

    ADDED = "added"
    WAS_MEMBER = "is a member already"
    REMOVED = "removed"
    NO_MEMBER = "is not a member"
    NOT_TRIED = "not tried"
    FAILED = "failed"
    PLANNED = "would be changed"


@dataclass(frozen=True, kw_only=True)
class MemberRow:
    """What was done for one project.

    Args:
        status: The project's answer, if it is a member now.
        record: The member as Glance describes it, unchanged, for showing.
        reason: Why it failed; empty if it did not.
    """

    project: NamedProject
    result: MemberResult
    status: str | None = None
    record: Mapping[str, object] = field(default_factory=dict, repr=False, compare=False)
    reason: str = ""


@dataclass(frozen=True)
class Sharing:
    """The result of adding or removing members of an image: a row for each project."""

    image: Image
    rows: tuple[MemberRow, ...]

    @property
    def failed(self) -> tuple[MemberRow, ...]:
        """The rows of the projects for which it failed."""
        return tuple(row for row in self.rows if row.result in (MemberResult.FAILED, MemberResult.NOT_TRIED))

    @property
    def reasons(self) -> str:
        """The reasons of the failures, a line for each."""
        return "\n".join(f"  {printable(row.project.label)}: {row.reason or row.result}" for row in self.failed)

    @property
    def failure(self) -> errors.Error | None:
        """The error to end with, if it failed for some projects."""
        if not self.failed:
            return None
        return errors.PartialFailure(f"{len(self.failed)} of {len(self.rows)} failed:\n{self.reasons}")

    def report_next_step(self, terminal: Terminal) -> None:
        """Say what the projects have to do that have not accepted it yet, whether they were added now or earlier."""
        report_acceptance(self.image, (row.status for row in self.rows), terminal)


def report_acceptance(image: Image, statuses: Iterable[str | None], terminal: Terminal) -> None:
    """Say how a project accepts the image, unless all have accepted it."""
    if any(status in (MemberStatus.PENDING, MemberStatus.REJECTED) for status in statuses):
        terminal.say(
            "The image appears in a project's list after that project has accepted it. "
            f"The project runs: openstack image set --accept {image.id}"
        )


def unique_projects(projects: Iterable[NamedProject]) -> tuple[NamedProject, ...]:
    """Return each project once, however often and by which names it was named."""
    return tuple({project.key: project for project in projects}.values())


def reject_for_everybody(image: Image) -> None:
    """Reject an image that has no members, since everybody can use it.

    Raises:
        OpenToEverybody: It is a community or public image.
    """
    if image.visibility in (Visibility.COMMUNITY, Visibility.PUBLIC):
        raise errors.OpenToEverybody(str(image.name), image.visibility, image.id or "")


def stored_members(cloud: Cloud, image: Image) -> tuple[NamedProject, ...]:
    """Return the projects that an image is shared with; none, unless it is ``shared``."""
    if image.visibility is not Visibility.SHARED or image.id is None:
        return ()
    return tuple(cloud.projects.from_member_id(member.id) for member in cloud.members.of(image.id))


def add_members(
    cloud: Cloud, image: Image, projects: Iterable[NamedProject], terminal: Terminal
) -> tuple[MemberRow, ...]:
    """Share an image with projects, each of which has an ID."""

    def add(project: NamedProject) -> MemberRow:
        if project.project_id is None:
            return MemberRow(project=project, result=MemberResult.FAILED, reason="this project cannot be found")
        try:
            member = cloud.members.add(image.id or "", project.project_id)
        except errors.Conflict:
            return MemberRow(project=project, result=MemberResult.WAS_MEMBER)
        except errors.CloudError as failure:
            found = _member_after(cloud, image, project, failure)
            if not found:
                raise
            member = found
        return MemberRow(project=project, result=MemberResult.ADDED, status=member.status, record=member.record)

    return _for_each(add, projects, terminal)


def remove_members(
    cloud: Cloud, image: Image, projects: Iterable[NamedProject], terminal: Terminal
) -> tuple[MemberRow, ...]:
    """Remove projects from the members of an image."""

    def remove(project: NamedProject) -> MemberRow:
        try:
            cloud.members.remove(image.id or "", project.key)
        except errors.NotFound as failure:
            if _member_after(cloud, image, project, failure):
                raise
            return MemberRow(project=project, result=MemberResult.NO_MEMBER)
        except errors.CloudError as failure:
            if isinstance(failure, errors.DEFINITE_REFUSALS) or _member_after(cloud, image, project, failure):
                raise
        return MemberRow(project=project, result=MemberResult.REMOVED)

    return _for_each(remove, projects, terminal)


def _member_after(cloud: Cloud, image: Image, project: NamedProject, failure: errors.CloudError) -> Member | None:
    """Return a project's membership after a request that failed, but may have been done; None if there is none.

    Raises:
        CloudError: It could not be checked.
    """
    try:
        members = cloud.members.of(image.id or "")
    except errors.CloudError as unknown:
        command = f"openstack vsc image member list {image.id}"
        reason = f"{failure.reason}; whether it is a member could not be checked: {command}"
        raise type(failure)(failure.service, reason) from unknown
    return next((member for member in members if member.id == project.key), None)


def _for_each(
    work: Callable[[NamedProject], MemberRow], projects: Iterable[NamedProject], terminal: Terminal
) -> tuple[MemberRow, ...]:
    """Do the work for each project, several at a time; a failure does not stop the others."""
    is_dead = threading.Event()

    def row_of(project: NamedProject) -> MemberRow:
        if is_dead.is_set():
            return MemberRow(project=project, result=MemberResult.NOT_TRIED)
        try:
            return work(project)
        except errors.Error as failure:
            if isinstance(failure, errors.Unreachable | errors.NotSignedIn):
                is_dead.set()  # the next requests would only wait as long
            return MemberRow(project=project, result=MemberResult.FAILED, reason=str(failure))

    futures: list[tuple[NamedProject, Future[MemberRow]]] = []
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        try:
            futures += [(project, pool.submit(row_of, project)) for project in projects]
            return tuple(future.result() for _, future in futures)
        except (KeyboardInterrupt, SystemExit):
            # without this, leaving the context would wait for all that is queued. Source: concurrent.futures
            pool.shutdown(cancel_futures=True)
            rows = [future.result() for _, future in futures if not future.cancelled()]
            done = [
                row.project.label for row in rows if row.result not in (MemberResult.FAILED, MemberResult.NOT_TRIED)
            ]
            terminal.say(
                f"Stopped. Done: {', '.join(done) or 'none'}; {len(futures) - len(done)} left. "
                "Run the same command again to do the rest"
            )
            raise
