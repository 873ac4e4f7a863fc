"""Sharing an image with projects, and taking it back from them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from vscclient import errors
from vscclient.images import access, membership
from vscclient.images.amendment import Amendment
from vscclient.images.cloud import Cloud
from vscclient.images.interruption import orderly
from vscclient.images.membership import Done, Row, Shared
from vscclient.images.options import Terms
from vscclient.model.image import Image
from vscclient.model.member import Member
from vscclient.model.plan import Plan
from vscclient.model.project import NamedProject
from vscclient.model.terminal import Terminal
from vscclient.model.visibility import Visibility

__all__ = ["Options", "Shared", "Terms", "share", "unshare"]

_FOR_EVERYBODY = (Visibility.COMMUNITY, Visibility.PUBLIC)


@dataclass(frozen=True, kw_only=True)
class Options:
    """Whom an image is shared with, or not any more.

    Args:
        image: Its name or ID.
        projects: Names or IDs of projects.
        project_domain: Name or ID of their domain, where several have projects of these names.
        everybody: Take it back from all projects that have it, instead.
    """

    image: str
    projects: tuple[str, ...] = ()
    project_domain: str | None = None
    everybody: bool = False
    terms: Terms = Terms()


def share(cloud: Cloud, options: Options, terminal: Terminal) -> Shared:
    """Shares an image with projects; a private one becomes ``shared``.

    Raises:
        ForEverybody: It is a community or public image.
        Refused: The policy is against it, or nobody can find a project; nothing was changed.
    """
    image = access.find(cloud, options.image)
    if image.visibility in _FOR_EVERYBODY:
        raise errors.ForEverybody(str(image.name), image.visibility)
    wanted = _unique(cloud.projects.named(said, options.project_domain) for said in options.projects)
    before = membership.stored(cloud, image)
    plan = Plan(
        image=replace(image, visibility=Visibility.SHARED),
        before=image,
        members=_unique((*before, *wanted)),
        members_before=before,
    )
    amendment = Amendment(cloud, image, options.terms, terminal)
    with orderly():
        agreed = amendment.agreed(plan)
        shared = amendment.done(agreed)
        if options.terms.dry_run:
            return Shared(image, tuple(Row(project=project, done=Done.PLANNED) for project in wanted))
        rows = membership.add(cloud, image, wanted, terminal)
    result = Shared(shared, _with_status(cloud, image, rows))
    result.say(terminal)
    return result


def unshare(cloud: Cloud, options: Options, terminal: Terminal) -> Shared:
    """Takes an image back from projects. It stays ``shared``, with those that are left.

    Raises:
        NotAgreed: The user does not mean it, or nobody can be asked.
        NoSuchProject: Nobody can find a project, and no member is stored under that name.
    """
    if options.everybody == bool(options.projects):
        raise errors.Usage("Name the projects to take it back from, or say --all")
    image = access.find(cloud, options.image)
    if image.visibility in _FOR_EVERYBODY:
        raise errors.ForEverybody(str(image.name), image.visibility)
    before = membership.stored(cloud, image)
    leaving = before if options.everybody else _unique(_leaving(cloud, options, before))
    keys = {project.key for project in leaving}
    staying = tuple(project for project in before if project.key not in keys)
    plan = Plan(image=image, before=image, members=staying, members_before=before)
    amendment = Amendment(cloud, image, options.terms, terminal)
    with orderly():
        amendment.done(amendment.agreed(plan))
        if not before:
            terminal.say(f"{image.name} ({image.id}) is {image.visibility}, and shared with no project.")
        if options.terms.dry_run:
            return Shared(image, tuple(Row(project=project, done=Done.PLANNED) for project in leaving))
        members = {project.key for project in before}
        gone = membership.remove(cloud, image, [one for one in leaving if one.key in members], terminal)
    none = [Row(project=project, done=Done.WAS_NONE) for project in leaving if project.key not in members]
    return Shared(image, (*gone, *none))


def _leaving(cloud: Cloud, options: Options, before: tuple[NamedProject, ...]) -> Iterable[NamedProject]:
    """What is stored is taken as it is said, before any name is looked up: it can be a name that was never an ID."""
    stored = {project.key: project for project in before}
    for said in options.projects:
        project = stored.get(said) or cloud.projects.named(said, options.project_domain)
        if project.project_id is None and said not in stored:
            raise errors.NoSuchProject(said)
        yield project


def _unique(projects: Iterable[NamedProject]) -> tuple[NamedProject, ...]:
    return tuple({project.key: project for project in projects}.values())


def _with_status(cloud: Cloud, image: Image, rows: list[Row]) -> tuple[Row, ...]:
    """The rows with what those said that were members already, who were not told by adding them."""
    if image.id is None or all(row.done is not Done.WAS_MEMBER for row in rows):
        return tuple(rows)
    members = {member.id: member for member in cloud.members.of(image.id)}
    return tuple(_filled_in(row, members.get(row.project.key)) for row in rows)


def _filled_in(row: Row, member: Member | None) -> Row:
    return row if row.record or member is None else replace(row, status=str(member.status), record=member.record)
