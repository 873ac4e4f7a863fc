"""Changing an image: its visibility, metadata or status."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from vscclient import errors
from vscclient.images.cloud import Cloud
from vscclient.images.image_change import membership
from vscclient.images.image_change.change import ImageChange
from vscclient.images.inspection import in_cloud
from vscclient.images.lookup.dependents import describe_dependents
from vscclient.images.lookup.image import find_image
from vscclient.images.offers.answer import AnswerOptions, answer_offer
from vscclient.images.options.description import properties_of, reject_description, reject_name
from vscclient.images.options.groups import (
    AccessOptions,
    Attributes,
    Consent,
    Description,
    InspectOptions,
)
from vscclient.model.image import DEACTIVATED, Image
from vscclient.model.member_status import MemberStatus
from vscclient.model.plan import Plan, own_projects
from vscclient.model.project import ProjectId, Resolution
from vscclient.model.terminal import Terminal
from vscclient.model.visibility import Visibility
from vscclient.site.settings import load_settings

__all__ = [
    "AccessOptions",
    "Attributes",
    "Consent",
    "Description",
    "InspectOptions",
    "Options",
    "run",
]


@dataclass(frozen=True, kw_only=True)
class Options:
    """The changes of an image; what is None stays as it is.

    Args:
        image: Its name or ID.
        access: The new visibility and owner; with an answer, the project is the one that answers.
        description: The properties to set, and the tags to add.
        removed_properties: Names of properties to remove.
        removed_tags: Tags to remove.
    """

    image: str
    name: str | None = None
    access: AccessOptions = AccessOptions()
    attributes: Attributes = Attributes()
    description: Description = Description()
    removed_properties: tuple[str, ...] = ()
    removed_tags: tuple[str, ...] = ()
    inspect_options: InspectOptions = InspectOptions()
    consent: Consent = Consent()

    @property
    def only_answers(self) -> bool:
        """True if nothing but an answer is requested; the project is the one that answers."""
        access = self.access
        answer = AccessOptions(project=access.project, project_domain=access.project_domain, answer=access.answer)
        return self == Options(image=self.image, access=answer, consent=self.consent)


def run(cloud: Cloud, options: Options, terminal: Terminal) -> Image | None:
    """Change an image; return it as it is then, or nothing if an offer was only answered.

    Raises:
        NoSuchImage: The image cannot be found.
        RefusedByPolicy: The policy refuses the change; nothing was changed.
        NotConfirmed: It takes access from others, and the user does not agree.
        NothingToRemove: A property or tag to remove is not there; the rest was done.
    """
    settings = load_settings(options.consent.policy, options.consent.waived)
    reject_description(options.description)
    if options.name is not None:
        reject_name(options.name)
    if options.access.answer:  # first: the name of an offered image is found only once the offer is accepted
        _answer(cloud, options, options.access.answer, terminal)
        if options.only_answers:
            return None
    image = find_image(cloud, options.image)
    wanted = wanted_image(cloud, image, options)
    changed = image
    if wanted != image:
        plan = plan_of_change(cloud, image, wanted, options.description.properties)
        with in_cloud.opened_data_for(cloud, plan, options.inspect_options, terminal) as data:
            if wanted.status == DEACTIVATED and image.status != DEACTIVATED:
                for sentence in describe_dependents(cloud, [image]):
                    terminal.say(sentence)
            change = ImageChange(cloud, data, settings, options.consent, terminal)
            changed = change.apply(
                change.agree(plan),
                lambda active: in_cloud.opened_data(cloud, active, options.inspect_options, terminal),
            )
            change.mention_missing_inspection(plan)
    properties = (f"the property '{key}'" for key in options.removed_properties if key not in image.properties)
    tags = (f"the tag '{tag}'" for tag in options.removed_tags if tag not in image.tags)
    if missing := (*properties, *tags):
        raise errors.NothingToRemove(str(image.name), missing)
    if changed is image:
        terminal.say(f"Nothing to change: {image.label} already has these values.")
    return changed


def _answer(cloud: Cloud, options: Options, status: MemberStatus, terminal: Terminal) -> None:
    answer = AnswerOptions(
        image=options.image,
        project=options.access.project,
        project_domain=options.access.project_domain,
        dry_run=options.consent.dry_run,
    )
    answer_offer(cloud, answer, status, terminal)


def wanted_image(cloud: Cloud, image: Image, options: Options) -> Image:
    """Return the image with the changes. Arguments and errors as those of ``run``."""
    if options.access.active and image.status not in ("active", DEACTIVATED):
        raise errors.UsageError(f"{image.label} is {image.status}; only a deactivated image can be activated")
    values: dict[str, Any] = {
        "name": options.name,
        "visibility": options.access.visibility,
        "owner": _new_owner(cloud, options),
        "hidden": options.access.hidden,
        "status": {True: "active", False: DEACTIVATED, None: None}[options.access.active],
        **vars(options.attributes),
    }
    properties = dict(image.properties) | properties_of(options.description, cloud)
    tags = dict.fromkeys(image.tags + options.description.tags)
    return replace(
        image,
        **{field: value for field, value in values.items() if value is not None},
        tags=tuple(tag for tag in tags if tag not in options.removed_tags),
        properties={key: value for key, value in properties.items() if key not in options.removed_properties},
    )


def plan_of_change(cloud: Cloud, image: Image, wanted: Image, properties: Mapping[str, str]) -> Plan:
    """Return the plan that makes the wanted image of an image, with the members that it has and keeps.

    The properties are those that the user set by ``--property``.
    """
    members = membership.stored_members(cloud, image)
    kept = members if wanted.visibility is Visibility.SHARED else ()
    return Plan(
        image=wanted,
        before=image,
        members=kept,
        members_before=members,
        properties=properties,
        own_projects=own_projects(members),
    )


def _new_owner(cloud: Cloud, options: Options) -> ProjectId | None:
    """Return the project that gets the image. It has to exist for certain: else nobody would own the image any more."""
    if options.access.project is None or options.access.answer:
        return None
    project = cloud.projects.resolve(options.access.project, options.access.project_domain)
    if project.project_id is None or project.resolution is Resolution.UNVERIFIED:
        raise errors.NotAnOwner(options.access.project)
    return project.project_id
