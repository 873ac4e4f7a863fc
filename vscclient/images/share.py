"""Sharing an image with projects."""

from __future__ import annotations

from dataclasses import dataclass, replace

from vscclient.images import access, validation
from vscclient.images.cloud import Cloud
from vscclient.images.image_change import membership
from vscclient.images.image_change.change import ImageChange
from vscclient.images.image_change.membership import Done, Row, Shared
from vscclient.images.inspection import in_cloud
from vscclient.images.options import Consent, InspectOptions
from vscclient.images.signals import exit_cleanly
from vscclient.model.image import Image
from vscclient.model.member import Member
from vscclient.model.plan import Plan
from vscclient.model.project import NamedProject
from vscclient.model.terminal import Terminal
from vscclient.model.visibility import Visibility

__all__ = ["Consent", "InspectOptions", "Options", "run"]


@dataclass(frozen=True, kw_only=True)
class Options:
    """Whom an image is shared with.

    Args:
        image: Its name or ID.
        projects: Names or IDs of projects.
        project_domain: Name or ID of their domain, where several have projects of these names.
    """

    image: str
    projects: tuple[str, ...]
    project_domain: str | None = None
    inspect_options: InspectOptions = InspectOptions()
    consent: Consent = Consent()


def run(cloud: Cloud, options: Options, terminal: Terminal) -> Shared:
    """Shares an image with projects; a private one becomes ``shared``.

    Raises:
        ForEverybody: It is a community or public image.
        Refused: The policy is against it, or nobody can find a project; nothing was changed.
    """
    validation.reject_texts(*options.projects, options.project_domain or "")
    image = access.find(cloud, options.image)
    membership.reject_for_everybody(image)
    wanted = membership.unique(cloud.projects.named(said, options.project_domain) for said in options.projects)
    before = membership.stored(cloud, image)
    plan = Plan(
        image=replace(image, visibility=Visibility.SHARED),
        before=image,
        members=membership.unique((*before, *wanted)),
        members_before=before,
    )
    with exit_cleanly(), in_cloud.bits_for(cloud, plan, options.inspect_options, terminal) as bits:
        change = ImageChange(cloud, bits, options.consent, terminal)
        agreed = change.agreed(plan)
        shared = change.done(agreed)
        if options.consent.dry_run:
            return Shared(image, _with_status(cloud, image, _planned(wanted, before)))
        rows = membership.add(cloud, image, wanted, terminal)
        change.mention_no_look(plan)
    result = Shared(shared, _with_status(cloud, image, rows))
    result.say(terminal)
    return result


def _planned(wanted: tuple[NamedProject, ...], before: tuple[NamedProject, ...]) -> list[Row]:
    """What would become of each project."""
    members = {member.key for member in before}
    return [
        Row(project=project, done=Done.WAS_MEMBER if project.key in members else Done.PLANNED) for project in wanted
    ]


def _with_status(cloud: Cloud, image: Image, rows: list[Row]) -> tuple[Row, ...]:
    """The rows with what those said that were members already, who were not told by adding them."""
    if image.id is None or all(row.done is not Done.WAS_MEMBER for row in rows):
        return tuple(rows)
    members = {member.id: member for member in cloud.members.of(image.id)}
    return tuple(_filled_in(row, members.get(row.project.key)) for row in rows)


def _filled_in(row: Row, member: Member | None) -> Row:
    return row if row.record or member is None else replace(row, status=str(member.status), record=member.record)
