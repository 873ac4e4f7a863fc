"""The projects that an image is shared with: reading them, adding and removing many at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from enum import StrEnum

from vscclient import errors
from vscclient.images.cloud import Cloud
from vscclient.model.image import Image
from vscclient.model.project import NamedProject
from vscclient.model.terminal import Terminal
from vscclient.model.visibility import Visibility

_AT_ONCE = 4
"""Requests at a time: 100 members take as long as one command of the standard client, and nobody is crowded out."""


class Done(StrEnum):
    """What became of one project."""

    ADDED = "added"
    WAS_MEMBER = "is a member already"
    REMOVED = "removed"
    WAS_NONE = "is no member"
    NOT_TRIED = "not tried"
    FAILED = "failed"
    PLANNED = "would be changed"


@dataclass(frozen=True, kw_only=True)
class Row:
    """What became of one project.

    Args:
        status: What the project said to the image, if it is a member now.
        record: What Glance said of the member, unchanged, for showing.
        why: Why it failed; empty when it did not.
    """

    project: NamedProject
    done: Done
    status: str | None = None
    record: Mapping[str, object] = field(default_factory=dict, repr=False, compare=False)
    why: str = ""


@dataclass(frozen=True)
class Shared:
    """What became of sharing an image, or of taking it back: a row for each project."""

    image: Image
    rows: tuple[Row, ...]

    @property
    def failed(self) -> tuple[Row, ...]:
        """The rows of the projects for which it failed."""
        return tuple(row for row in self.rows if row.done in (Done.FAILED, Done.NOT_TRIED))

    @property
    def whys(self) -> str:
        """Why it failed, a line for each."""
        return "\n".join(f"  {row.project.said}: {row.why or row.done}" for row in self.failed)

    @property
    def failure(self) -> errors.Error | None:
        """What to say of those for which it failed."""
        if not self.failed:
            return None
        return errors.Partly(f"{len(self.failed)} of {len(self.rows)} failed:\n{self.whys}")

    def say(self, terminal: Terminal) -> None:
        """Says what the other side has to do."""
        if any(row.done is Done.ADDED for row in self.rows):
            terminal.say(f"Each project sees it in its list after: openstack image set --accept {self.image.id}")


def unique(projects: Iterable[NamedProject]) -> tuple[NamedProject, ...]:
    """Each project once, however often and by which names it was named."""
    return tuple({project.key: project for project in projects}.values())


def reject_for_everybody(image: Image) -> None:
    """Rejects an image that has no members, since everybody may use it.

    Raises:
        ForEverybody: It is a community or public image.
    """
    if image.visibility in (Visibility.COMMUNITY, Visibility.PUBLIC):
        raise errors.ForEverybody(str(image.name), image.visibility, image.id or "")


def stored(cloud: Cloud, image: Image) -> tuple[NamedProject, ...]:
    """The projects that an image is shared with; nobody, unless it is ``shared``."""
    if image.visibility is not Visibility.SHARED or image.id is None:
        return ()
    return tuple(cloud.projects.stored(member.id) for member in cloud.members.of(image.id))


def add(cloud: Cloud, image: Image, projects: Iterable[NamedProject], terminal: Terminal) -> list[Row]:
    """Shares an image with projects, each of which has an ID."""

    def one(project: NamedProject) -> Row:
        if project.project_id is None:
            return Row(project=project, done=Done.FAILED, why="nobody can find this project")
        try:
            member = cloud.members.add(_id(image), project.project_id)
        except errors.Conflict:
            return Row(project=project, done=Done.WAS_MEMBER)
        return Row(project=project, done=Done.ADDED, status=member.status, record=member.record)

    return _each(one, projects, terminal)


def remove(cloud: Cloud, image: Image, projects: Iterable[NamedProject], terminal: Terminal) -> list[Row]:
    """Takes an image back from projects."""

    def one(project: NamedProject) -> Row:
        try:
            cloud.members.remove(_id(image), project.key)
        except errors.NotThere:
            if any(member.id == project.key for member in cloud.members.of(_id(image))):
                raise
            return Row(project=project, done=Done.WAS_NONE)
        return Row(project=project, done=Done.REMOVED)

    return _each(one, projects, terminal)


def _id(image: Image) -> str:
    return image.id or ""


def _each(one: Callable[[NamedProject], Row], projects: Iterable[NamedProject], terminal: Terminal) -> list[Row]:
    """Does the work for each project, several at a time; one that fails stops no other."""
    is_dead = threading.Event()

    def work(project: NamedProject) -> Row:
        if is_dead.is_set():
            return Row(project=project, done=Done.NOT_TRIED)
        try:
            return one(project)
        except (errors.Unreachable, errors.NotSignedIn) as failure:
            is_dead.set()  # the next ones would only wait as long
            return Row(project=project, done=Done.FAILED, why=str(failure))
        except errors.Error as failure:
            return Row(project=project, done=Done.FAILED, why=str(failure))

    futures: list[tuple[NamedProject, Future[Row]]] = []
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        try:
            futures += [(project, pool.submit(work, project)) for project in projects]
            return [future.result() for _, future in futures]
        except (KeyboardInterrupt, SystemExit):
            pool.shutdown(cancel_futures=True)
            terminal.say(_where_it_stopped(futures))
            raise


def _where_it_stopped(futures: list[tuple[NamedProject, Future[Row]]]) -> str:
    rows = [future.result() for _, future in futures if not future.cancelled()]
    done = [row.project.said for row in rows if row.done not in (Done.FAILED, Done.NOT_TRIED)]
    return (
        f"Stopped. Done: {', '.join(done) or 'none'}; {len(futures) - len(done)} left. "
        "The same command again does the rest"
    )
