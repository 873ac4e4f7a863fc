"""Removing projects from the members of an image."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from vscclient import errors
from vscclient.images.cloud import Cloud
from vscclient.images.image_change import membership
from vscclient.images.image_change.change import ImageChange
from vscclient.images.image_change.membership import MemberResult, MemberRow, Sharing
from vscclient.images.inspection import in_cloud
from vscclient.images.lookup.image import find_image
from vscclient.images.options.groups import Consent
from vscclient.model.image import Image
from vscclient.model.plan import Plan, own_projects
from vscclient.model.project import NamedProject
from vscclient.model.terminal import Terminal
from vscclient.model.visibility import Visibility
from vscclient.site.settings import load_settings

__all__ = ["Consent", "Options", "run"]


@dataclass(frozen=True, kw_only=True)
class Options:
    """The projects to remove from an image.

    Args:
        image: Its name or ID.
        projects: Names or IDs of projects.
        project_domain: Name or ID of their domain, where several domains have projects of these names.
        everybody: Remove all members instead.
    """

    image: str
    projects: tuple[str, ...] = ()
    project_domain: str | None = None
    everybody: bool = False
    consent: Consent = Consent()


def run(cloud: Cloud, options: Options, terminal: Terminal) -> Sharing:
    """Remove projects from an image. It stays ``shared``, with the members that are left.

    Raises:
        NotConfirmed: The user does not agree, or cannot be asked.
        NoSuchProject: A project cannot be found, and no member is stored under that name.
    """
    settings = load_settings(options.consent.policy, options.consent.waived)
    if options.everybody == bool(options.projects):
        raise errors.UsageError("Name the projects to remove, or use --all")
    image = find_image(cloud, options.image)
    membership.reject_for_everybody(image)
    before = membership.stored_members(cloud, image)
    leaving = before if options.everybody else membership.unique_projects(_leaving(cloud, options, before))
    keys = {project.key for project in leaving}
    staying = tuple(project for project in before if project.key not in keys)
    own = own_projects(before)
    plan = Plan(image=image, before=image, members=staying, members_before=before, own_projects=own)
    change = ImageChange(cloud, in_cloud.known_data(image), settings, options.consent, terminal)
    change.apply(change.agree(plan))  # of the fields, only waivers that are not needed any more
    if not before:
        terminal.say(_reason_for_no_members(image))
    if options.consent.dry_run:
        return Sharing(image, tuple(MemberRow(project=project, result=MemberResult.PLANNED) for project in leaving))
    members = {project.key for project in before}
    removed = membership.remove_members(cloud, image, [one for one in leaving if one.key in members], terminal)
    absent = [project for project in leaving if project.key not in members]
    for project in absent:
        terminal.say(f"{project.label} is not a member of {image.label}: nothing to remove.")
    return Sharing(
        image, (*removed, *(MemberRow(project=project, result=MemberResult.NO_MEMBER) for project in absent))
    )


def _leaving(cloud: Cloud, options: Options, before: tuple[NamedProject, ...]) -> Iterable[NamedProject]:
    """Yield the projects to remove. A stored member is taken as it is: it can be a name that was never an ID."""
    stored = {project.key: project for project in before}
    for name_or_id in options.projects:
        project = stored.get(name_or_id) or cloud.projects.resolve(name_or_id, options.project_domain)
        if project.project_id is None and name_or_id not in stored:
            raise errors.NoSuchProject(name_or_id)
        yield project


def _reason_for_no_members(image: Image) -> str:
    if image.visibility is Visibility.SHARED:
        return f"{image.label} is not shared with any project."
    return (
        f"{image.label} is private. Projects that were members before regain access when it is shared again; "
        f"to remove them for good: openstack vsc image private --forget-members {image.id}"
    )
