"""The projects that an image is shared with: reading them, adding and removing many at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, wait
from contextlib import suppress
from dataclasses import dataclass, field, replace
from enum import StrEnum
from queue import Empty, SimpleQueue

from guestinspect.model.printable import printable
from vscclient import errors
from vscclient.images.cloud import Cloud
from vscclient.images.interruption.signals import Abandoned, complete
from vscclient.model.image import Image
from vscclient.model.member import Member
from vscclient.model.member_status import MemberStatus
from vscclient.model.project import NamedProject
from vscclient.model.terminal import Terminal
from vscclient.model.visibility import Visibility

_AT_ONCE = 4
"""Requests at a time: 100 members take as long as one command of the standard client, without crowding others out."""

_FINISH = "Run the same command again to do the rest"

_LAST_ANSWERS_S = 0.5
"""The longest wait of an interrupted command for the answers to its requests, in seconds."""


class MemberResult(StrEnum):
    """The result for one project."""

    ADDED = "added"
    WAS_MEMBER = "is a member already"
    REMOVED = "removed"
    NO_MEMBER = "is not a member"
    NOT_TRIED = "not tried"
    FAILED = "failed"
    UNKNOWN = "could not be checked"
    PLANNED = "would be changed"


@dataclass(frozen=True, kw_only=True)
class MemberRow:
    """What was done for one project.

    Args:
        status: The project's answer, if it is a member now.
        record: The member as Glance describes it, unchanged, for showing.
        reason: Why it failed; empty if it did not.
        failure: The error of the request, if it had one.
    """

    project: NamedProject
    result: MemberResult
    status: str | None = None
    record: Mapping[str, object] = field(default_factory=dict, repr=False, compare=False)
    reason: str = ""
    failure: errors.Error | None = field(default=None, repr=False, compare=False)

    @property
    def has_failed(self) -> bool:
        """True if it failed, or may have failed."""
        return self.result in (MemberResult.FAILED, MemberResult.NOT_TRIED, MemberResult.UNKNOWN)


@dataclass(frozen=True)
class Sharing:
    """The result of adding or removing members of an image: a row for each project."""

    image: Image
    rows: tuple[MemberRow, ...]

    @property
    def failed(self) -> tuple[MemberRow, ...]:
        """The rows of the projects for which it failed, or may have failed."""
        return tuple(row for row in self.rows if row.has_failed)

    @property
    def reasons(self) -> str:
        """The reasons of the failures, a line for each."""
        return "\n".join(f"  {printable(row.project.label)}: {row.reason or row.result}" for row in self.failed)

    @property
    def failures(self) -> str:
        """The number of projects for which it failed, or may have failed, and the reasons; empty if there are none."""
        unknown = sum(row.result is MemberResult.UNKNOWN for row in self.rows)
        counts = {"failed": len(self.failed) - unknown, "could not be checked": unknown}
        heading = ", ".join(f"{count} of {len(self.rows)} {words}" for words, count in counts.items() if count)
        return f"{heading}:\n{self.reasons}" if heading else ""

    @property
    def failure(self) -> errors.Error | None:
        """The error to end with, if it failed for some projects."""
        return errors.PartialFailure(self.failures) if self.failures else None

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
    cloud: Cloud, image: Image, projects: Iterable[NamedProject], terminal: Terminal, finish: str = _FINISH
) -> tuple[MemberRow, ...]:
    """Share an image with projects, each of which has an ID."""

    def add(project: NamedProject) -> MemberRow:
        if project.project_id is None:
            return MemberRow(project=project, result=MemberResult.FAILED, reason="this project cannot be found")
        member = cloud.members.add(image.id or "", project.project_id)
        return MemberRow(project=project, result=MemberResult.ADDED, status=member.status, record=member.record)

    def look(row: MemberRow, member: Member | None) -> MemberRow:
        if member is None:
            return row
        result = MemberResult.WAS_MEMBER if isinstance(row.failure, errors.Conflict) else MemberResult.ADDED
        return MemberRow(project=row.project, result=result, status=member.status, record=member.record)

    return _Batch(cloud, image, add, look).run(tuple(projects), terminal, finish)


def remove_members(
    cloud: Cloud, image: Image, projects: Iterable[NamedProject], terminal: Terminal
) -> tuple[MemberRow, ...]:
    """Remove projects from the members of an image."""

    def remove(project: NamedProject) -> MemberRow:
        cloud.members.remove(image.id or "", project.key)
        return MemberRow(project=project, result=MemberResult.REMOVED)

    def look(row: MemberRow, member: Member | None) -> MemberRow:
        if member is not None:
            return row
        is_absent = isinstance(row.failure, errors.NotFound)
        return MemberRow(project=row.project, result=MemberResult.NO_MEMBER if is_absent else MemberResult.REMOVED)

    return _Batch(cloud, image, remove, look).run(tuple(projects), terminal)


class _Batch:
    """The same request for many projects, several at a time; a failure does not stop the others.

    Args:
        cloud: The user's cloud.
        image: The image.
        send: Sends the request for one project.
        look: Returns the row of a failed request again, by the project's membership; None: it is not a member.
    """

    def __init__(
        self,
        cloud: Cloud,
        image: Image,
        send: Callable[[NamedProject], MemberRow],
        look: Callable[[MemberRow, Member | None], MemberRow],
    ) -> None:
        self._cloud, self._image = cloud, image
        self._send, self._look = send, look
        self._is_dead = threading.Event()

    def run(self, projects: Sequence[NamedProject], terminal: Terminal, finish: str = _FINISH) -> tuple[MemberRow, ...]:
        """Return a row for each project; say after a signal how to finish."""
        jobs = [(project, Future[MemberRow]()) for project in projects]
        waiting: SimpleQueue[tuple[NamedProject, Future[MemberRow]]] = SimpleQueue()
        for job in jobs:
            waiting.put(job)
        try:
            for _ in jobs[:_AT_ONCE]:
                # not a pool of concurrent.futures: the end of the process waits for its threads
                threading.Thread(target=self._work_off, args=(waiting,), daemon=True).start()
            return self._checked([future.result() for _, future in jobs])
        except (KeyboardInterrupt, SystemExit):
            left = sum(future.cancel() for _, future in jobs)
            with suppress(Abandoned):
                complete(lambda: wait([future for _, future in jobs], _LAST_ANSWERS_S), _LAST_ANSWERS_S)
            terminal.say(self._interruption(jobs, left, finish))
            raise

    def _work_off(self, waiting: SimpleQueue[tuple[NamedProject, Future[MemberRow]]]) -> None:
        with suppress(Empty):
            while True:
                project, future = waiting.get_nowait()
                if future.set_running_or_notify_cancel():
                    try:
                        future.set_result(self._row_of(project))
                    except BaseException as failure:  # noqa: BLE001  # it is raised in the thread that waits
                        future.set_exception(failure)

    def _row_of(self, project: NamedProject) -> MemberRow:
        if self._is_dead.is_set():
            return MemberRow(project=project, result=MemberResult.NOT_TRIED)
        try:
            return self._send(project)
        except errors.Error as failure:
            if isinstance(failure, errors.Unreachable | errors.NotSignedIn):
                self._is_dead.set()  # the next requests would only wait as long
            return MemberRow(project=project, result=MemberResult.FAILED, reason=str(failure), failure=failure)

    def _checked(self, rows: Sequence[MemberRow]) -> tuple[MemberRow, ...]:
        """Return the rows, those of failed requests by the members that the image has then.

        The request can have been done, and its answer was lost. A conflict, or «no such object», can be the answer to a
        request that a front end repeated, or come from the front end itself.
        """
        if all(row.failure is None or isinstance(row.failure, errors.NotSignedIn) for row in rows):
            return tuple(rows)
        try:
            members = {member.id: member for member in self._cloud.members.of(self._image.id or "")}
        except errors.CloudError:
            return tuple(self._unchecked(row) if row.failure else row for row in rows)
        return tuple(self._looked(row, members.get(row.project.key)) if row.failure else row for row in rows)

    def _looked(self, row: MemberRow, member: Member | None) -> MemberRow:
        """Return the row of a failed request by the project's membership."""
        looked = self._look(row, member)
        if looked.failure is None or isinstance(looked.failure, errors.FINAL_ERRORS):
            return looked
        return replace(looked, reason=f"{looked.reason}; the request may still take effect")

    def _unchecked(self, row: MemberRow) -> MemberRow:
        """Return the row of a failed request if the members cannot be listed."""
        is_refused = isinstance(row.failure, errors.REFUSALS)
        if is_refused and not isinstance(row.failure, errors.Conflict | errors.NotFound):
            return row
        check = f"openstack vsc image member list {self._image.id}"
        reason = f"{row.reason}; it may be a member. Check with: {check}"
        return replace(row, result=MemberResult.UNKNOWN, reason=reason)

    def _interruption(self, jobs: Sequence[tuple[NamedProject, Future[MemberRow]]], left: int, finish: str) -> str:
        rows = [future.result() for _, future in jobs if future.done() and not future.cancelled()]
        done = [row.project.label for row in rows if not row.has_failed]
        unanswered = [project.label for project, future in jobs if not future.done()]
        left += sum(row.has_failed for row in rows)
        parts = [f"Stopped. Done: {', '.join(done) or 'none'}"]
        parts += [f"may still be done: {', '.join(unanswered)}"] if unanswered else []
        parts += [f"{left} left"] if left else []
        return f"{'; '.join(parts)}{f'. {finish}' if unanswered or left else '.'}"
