"""Taking an image back from projects that it is shared with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from vscclient import errors
from vscclient.images import access, validation
from vscclient.images.cloud import Cloud
from vscclient.images.image_change import membership
from vscclient.images.image_change.change import ImageChange
from vscclient.images.image_change.membership import Done, Row, Shared
from vscclient.images.inspection import in_cloud
from vscclient.images.options import Consent
from vscclient.images.signals import exit_cleanly
from vscclient.model.image import Image
from vscclient.model.plan import Plan
from vscclient.model.project import NamedProject
from vscclient.model.terminal import Terminal
from vscclient.model.visibility import Visibility

__all__ = ["Consent", "Options", "run"]


@dataclass(frozen=True, kw_only=True)
class Options:
    """Whom an image is taken back from.

    Args:
        image: Its name or ID.
        projects: Names or IDs of projects.
        project_domain: Name or ID of their domain, where several have projects of these names.
        everybody: All projects that have it, instead.
    """

    image: str
    projects: tuple[str, ...] = ()
    project_domain: str | None = None
    everybody: bool = False
    consent: Consent = Consent()


def run(cloud: Cloud, options: Options, terminal: Terminal) -> Shared:
    """Takes an image back from projects. It stays ``shared``, with those that are left.

    Raises:
        NotAgreed: The user does not mean it, or nobody can be asked.
        NoSuchProject: Nobody can find a project, and no member is stored under that name.
    """
    if options.everybody == bool(options.projects):
        raise errors.Usage("Name the projects to take it back from, or say --all")
    validation.reject_texts(*options.projects, options.project_domain or "")
    image = access.find(cloud, options.image)
    membership.reject_for_everybody(image)
    before = membership.stored(cloud, image)
    leaving = before if options.everybody else membership.unique(_leaving(cloud, options, before))
    keys = {project.key for project in leaving}
    staying = tuple(project for project in before if project.key not in keys)
    plan = Plan(image=image, before=image, members=staying, members_before=before)
    change = ImageChange(cloud, in_cloud.known_bits_of(image), options.consent, terminal)
    with exit_cleanly():
        change.done(change.agreed(plan))
        if not before:
            terminal.say(_not_shared(image))
        if options.consent.dry_run:
            return Shared(image, tuple(Row(project=project, done=Done.PLANNED) for project in leaving))
        members = {project.key for project in before}
        gone = membership.remove(cloud, image, [one for one in leaving if one.key in members], terminal)
    for project in leaving:
        if project.key not in members:
            terminal.say(f"{project.said} does not have {image.label}: nothing to take back.")
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


def _not_shared(image: Image) -> str:
    if image.visibility is Visibility.SHARED:
        return f"{image.label} is shared with no project."
    return (
        f"{image.label} is private. If it had members before, they have it again when it is shared again; "
        f"to have them forgotten: openstack vsc image private --forget-members {image.id}"
    )
