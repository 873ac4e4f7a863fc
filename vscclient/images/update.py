"""Changing the fields of an image: who may see it, what it says of itself, whether it can be used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from vscclient import errors
from vscclient.images import access, answering, validation
from vscclient.images.cloud import Cloud
from vscclient.images.draft import properties_of
from vscclient.images.image_change import membership
from vscclient.images.image_change.change import DEACTIVATED, ImageChange
from vscclient.images.inspection import in_cloud
from vscclient.images.options import Consent, Form, InspectOptions
from vscclient.model.image import Image
from vscclient.model.member_status import MemberStatus
from vscclient.model.plan import Plan
from vscclient.model.project import ProjectId, Resolution
from vscclient.model.terminal import Terminal
from vscclient.model.visibility import Visibility
from vscclient.site.settings import load_settings

__all__ = ["Consent", "Form", "InspectOptions", "Options", "run"]


@dataclass(frozen=True, kw_only=True)
class Options:
    """What shall be different; None: it stays as it is.

    Args:
        image: Its name or ID.
        min_disk_gib: GiB.
        min_ram_mib: MiB.
        active: Whether its data can be used (activate), or not (deactivate).
        tags: Are added.
        project: Name or ID of the project that shall own it; with ``answer``, of the one that answers.
        answer: What a project that it is shared with says to it.
        removed_properties: Names of properties that are taken away.
        removed_tags: Tags that are taken away.
    """

    image: str
    name: str | None = None
    container_format: str | None = None
    disk_format: str | None = None
    min_disk_gib: int | None = None
    min_ram_mib: int | None = None
    visibility: Visibility | None = None
    protected: bool | None = None
    hidden: bool | None = None
    active: bool | None = None
    tags: tuple[str, ...] = ()
    properties: Mapping[str, str] = field(default_factory=dict)
    form: Form = Form()
    project: str | None = None
    project_domain: str | None = None
    answer: MemberStatus | None = None
    removed_properties: tuple[str, ...] = ()
    removed_tags: tuple[str, ...] = ()
    inspect_options: InspectOptions = InspectOptions()
    consent: Consent = Consent()


def run(cloud: Cloud, options: Options, terminal: Terminal) -> Image | None:
    """Changes an image; returns it as it is then, or nothing if it was only answered.

    Raises:
        NoSuchImage: There is none.
        Refused: The policy is against it; nothing was changed.
        NotAgreed: It takes access from others, and the user does not mean it.
        Missing: What was to be taken away is not there; the rest was done.
    """
    _reject_impossible(options)
    if options.answer:
        validation.reject_waivers(
            options.consent.waived, load_settings(options.consent.policy)
        )  # before it is answered
        answering.run(cloud, _answer(options, options.answer), terminal)
        if _is_only_an_answer(options):
            return None
    image = access.find(cloud, options.image)
    plan = plan_of(cloud, image, options)
    with in_cloud.bits_for(cloud, plan, options.inspect_options, terminal) as bits:
        change = ImageChange(cloud, bits, options.consent, terminal)
        changed = change.done(change.agreed(plan))
        change.mention_no_look(plan)
    missing = _missing(image, options)
    if missing:
        raise errors.Missing(str(image.name), missing)
    if changed is image:
        terminal.say(f"Nothing to change: {image.label} is like that already.")
    return changed


def _reject_impossible(options: Options) -> None:
    validation.reject_words(options.properties, options.tags, options.form)
    validation.reject_texts(options.project or "", options.project_domain or "")
    if options.name is not None:
        validation.reject_name(options.name)


def _answer(options: Options, status: MemberStatus) -> answering.Options:
    return answering.Options(
        image=options.image,
        status=status,
        project=options.project,
        project_domain=options.project_domain,
        dry_run=options.consent.dry_run,
    )


def _is_only_an_answer(options: Options) -> bool:
    """Whether nothing else was asked for; with an answer, the project is the one that gives it."""
    nothing = Options(
        image=options.image,
        answer=options.answer,
        project=options.project,
        project_domain=options.project_domain,
        consent=options.consent,
    )
    return options == nothing


def plan_of(cloud: Cloud, image: Image, options: Options) -> Plan:
    """What is asked for, as a plan that nobody has judged yet. Arguments as those of ``run``."""
    wanted = _wanted(cloud, image, options)
    members = membership.stored(cloud, image)
    kept = members if wanted.visibility is Visibility.SHARED else ()
    return Plan(image=wanted, before=image, members=kept, members_before=members, properties=options.properties)


def _wanted(cloud: Cloud, image: Image, options: Options) -> Image:
    said: dict[str, Any] = {
        "name": options.name,
        "container_format": options.container_format,
        "disk_format": options.disk_format,
        "min_disk_gib": options.min_disk_gib,
        "min_ram_mib": options.min_ram_mib,
        "visibility": options.visibility,
        "protected": options.protected,
        "hidden": options.hidden,
        "owner": _new_owner(cloud, options),
        "status": _status(image, options),
    }
    properties = dict(image.properties) | properties_of(options.form, options.properties, cloud)
    tags = (tag for tag in dict.fromkeys(image.tags + options.tags) if tag not in options.removed_tags)
    return replace(
        image,
        **{name: value for name, value in said.items() if value is not None},
        tags=tuple(tags),
        properties={key: value for key, value in properties.items() if key not in options.removed_properties},
    )


def _new_owner(cloud: Cloud, options: Options) -> ProjectId | None:
    """The project to own it, which has to be one that is certainly there: else nobody would own it any more."""
    if options.project is None or options.answer:
        return None
    project = cloud.projects.named(options.project, options.project_domain)
    if project.project_id is None or project.resolution is Resolution.UNVERIFIED:
        raise errors.NotAnOwner(options.project)
    return project.project_id


def _status(image: Image, options: Options) -> str | None:
    if options.active is None:
        return None
    if options.active and image.status not in ("active", DEACTIVATED):
        raise errors.Usage(f"{image.label} is {image.status}: only an image that was deactivated can be activated")
    return "active" if options.active else DEACTIVATED


def _missing(image: Image, options: Options) -> tuple[str, ...]:
    properties = [f"the property '{key}'" for key in options.removed_properties if key not in image.properties]
    return (*properties, *(f"the tag '{tag}'" for tag in options.removed_tags if tag not in image.tags))
