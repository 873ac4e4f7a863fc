"""Sharing an image with projects."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from vscclient.images.cloud import Cloud
from vscclient.images.image_change import membership
from vscclient.images.image_change.change import ImageChange
from vscclient.images.image_change.membership import MemberResult, MemberRow, Sharing
from vscclient.images.inspection import in_cloud
from vscclient.images.lookup.image import find_image
from vscclient.images.options.groups import Consent, InspectOptions
from vscclient.model.image import Image
from vscclient.model.plan import Plan, own_projects
from vscclient.model.project import NamedProject
from vscclient.model.terminal import Terminal
from vscclient.model.visibility import Visibility
from vscclient.site.settings import load_settings

__all__ = ["Consent", "InspectOptions", "Options", "run"]


@dataclass(frozen=True, kw_only=True)
class Options:
    """The projects to share an image with.

    Args:
        image: Its name or ID.
        projects: Names or IDs of projects.
        project_domain: Name or ID of their domain, where several domains have projects of these names.
    """

    image: str
    projects: tuple[str, ...]
    project_domain: str | None = None
    inspect_options: InspectOptions = InspectOptions()
    consent: Consent = Consent()


def run(cloud: Cloud, options: Options, terminal: Terminal) -> Sharing:
    """Share an image with projects; a private image becomes ``shared``.

    Raises:
        OpenToEverybody: It is a community or public image.
        RefusedByPolicy: The policy refuses it, or a project cannot be found; nothing was changed.
    """
    settings = load_settings(options.consent.policy, options.consent.waived)
    image = find_image(cloud, options.image)
    membership.reject_for_everybody(image)
    wanted = membership.unique_projects(
        cloud.projects.resolve(project, options.project_domain) for project in options.projects
    )
    before = membership.stored_members(cloud, image)
    members = membership.unique_projects((*before, *wanted))
    plan = Plan(
        image=replace(image, visibility=Visibility.SHARED),
        before=image,
        members=members,
        members_before=before,
        own_projects=own_projects(members),
    )
    with in_cloud.opened_data_for(cloud, plan, options.inspect_options, terminal) as data:
        change = ImageChange(cloud, data, settings, options.consent, terminal)
        changed = change.apply(change.agree(plan))
        if options.consent.dry_run:
            return Sharing(image, _planned_rows(cloud, image, wanted))
        # after the visibility: Glance takes members only of an image that is shared. Source: Image API v2, «Sharing»
        rows = membership.add_members(cloud, image, wanted, terminal)
        change.mention_missing_inspection(plan)
    sharing = Sharing(changed, rows)
    sharing.report_next_step(terminal)
    return sharing


def _planned_rows(cloud: Cloud, image: Image, wanted: Iterable[NamedProject]) -> tuple[MemberRow, ...]:
    """Return the rows of a dry run: the answers of the projects that are members already, and the others."""
    is_shared = image.visibility is Visibility.SHARED and image.id is not None
    members = {member.id: member for member in cloud.members.of(str(image.id))} if is_shared else {}
    return tuple(
        MemberRow(project=project, result=MemberResult.WAS_MEMBER, status=member.status, record=member.record)
        if (member := members.get(project.key))
        else MemberRow(project=project, result=MemberResult.PLANNED)
        for project in wanted
    )
